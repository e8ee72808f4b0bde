"""Settings of the site. Every variable that is read here stands in .env.example with a safe value.

The database and Redis come from `DATABASE_URL` and `REDIS_URL`; without them `config.embedded` provides its own.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import embedded

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "platform"


def flag(name: str, default: bool = False) -> bool:
    """Whether the variable `name` is set to 1, true, yes or on."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """The variable `name` as a list, split at commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or embedded.secret("secret-key", size=48)
# 32 bytes in URL-safe base64, newest first: the first one seals, all of them open (key rotation).
FIELD_KEYS = words("FIELD_KEYS") or [embedded.secret("field-key")]
# Ed25519, 32 bytes in URL-safe base64: signs certificates and published rankings (core.signing).
SIGNING_KEY = os.environ.get("SIGNING_KEY") or embedded.secret("signing-key")
# Public keys of former signing keys: what they signed stays genuine.
VERIFYING_KEYS = words("VERIFYING_KEYS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
SITE_NAME = os.environ.get("SITE_NAME", "Ningju 凝聚")
# The address that links in mail and messages begin with.
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")

INSTALLED_APPS = [
    "core",
    "accounts",
    "activities",
    "matching",
    "notifications",
    "portal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "django_htmx",
    "csp",
    "rules",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.BusyDatabase",
    "core.middleware.NoNullCharacters",
    "activities.middleware.KioskOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.TooOften",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
FORM_RENDERER = "core.rendering.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portal.navigation.navigation",
                "notifications.context.live",
            ],
            "builtins": ["core.templatetags.words", "core.templatetags.ui"],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Django's settings for a `postgres://user:password@host:port/name?host=/socket/dir` address.

    With DATABASE_POOL, one pool of so many connections a process. `config.runner` sets it for the web processes
    so that all processes together stay below the server's `max_connections`; who waits longer than 5 s is told
    503 (core.middleware.BusyDatabase). Workers and commands open one connection when they work.
    """
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, **pool(int(os.environ.get("DATABASE_POOL", "0")))},
    }


def pool(size: int) -> dict[str, Any]:
    """The option of a pool of `size` connections; none for 0."""
    return (
        {"pool": {"min_size": 1, "max_size": size, "timeout": 5, "max_idle": 120, "reconnect_timeout": 2}}
        if size
        else {}
    )


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or embedded.database_url())}
REDIS_URL = os.environ.get("REDIS_URL") or embedded.redis_url()

# Sessions and throttles live in PostgreSQL: logins go on while Redis is gone.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# What goes from one process to all web processes: notifications/wire.py.
LIVE_CHANNEL = os.environ.get("CHANNEL_PREFIX", "ningju") + "-live"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who signs in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:my"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# "email*" is what allauth's checks ask for; accounts.forms.entrance asks for one of e-mail and phone.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.entrance.SignUp",
    "login": "accounts.forms.entrance.SignIn",
    "request_login_code": "accounts.forms.entrance.AskForCode",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT = (
    ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT
) = {
    "numeric": True,
    "length": 6,
    "dashed": False,
}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
# A centre's whole staff may share one address: the limit per address is wide, the one per account is narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "600/5m/ip,8/5m/key",
    "signup": "120/m/ip",
    "request_login_code": "120/m/ip,3/m/key",
    "reset_password": "120/m/ip,5/m/key",
    "reset_password_from_key": "120/m/ip",
    "change_phone": "5/m/user",
    "verify_phone": "1/30s/key,120/m/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
# Browsers themselves allow passkeys without HTTPS only on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not flag("HTTPS")

# --- words and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [SITE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [SITE / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", ROOT / ".data" / "static"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", ROOT / ".data" / "media"))
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if flag("STATIC_MANIFEST")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not flag("STATIC_MANIFEST")

# --- safety
HTTPS = flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- mail and messages
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Ningju <ningju@localhost>")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold a worker
SMS_BACKEND = os.environ.get("SMS_BACKEND", "accounts.sms.ConsoleSms")

# --- Celery: the queue carries only ids; what is lost there is swept from the database
# Alibaba Cloud's gateway (accounts/sms_aliyun.py)
ALIYUN_SMS_ENDPOINT = os.environ.get("ALIYUN_SMS_ENDPOINT", "https://dysmsapi.aliyuncs.com")
ALIYUN_ACCESS_KEY_ID = os.environ.get("ALIYUN_ACCESS_KEY_ID", "")
ALIYUN_ACCESS_KEY_SECRET = os.environ.get("ALIYUN_ACCESS_KEY_SECRET", "")
ALIYUN_SMS_SIGN = os.environ.get("ALIYUN_SMS_SIGN", "")
ALIYUN_SMS_TEMPLATE = os.environ.get("ALIYUN_SMS_TEMPLATE", "")
ALIYUN_SMS_VARIABLE = os.environ.get("ALIYUN_SMS_VARIABLE", "text")
ALIYUN_SMS_CODE_TEMPLATE = os.environ.get("ALIYUN_SMS_CODE_TEMPLATE", "")
# Web Push: P-256, 32 bytes in URL-safe base64; a new key ends every subscription.
VAPID_KEY = os.environ.get("VAPID_KEY") or embedded.secret("vapid-key")
VAPID_CONTACT = os.environ.get("VAPID_CONTACT", f"mailto:ningju@{urlsplit(SITE_URL).hostname}")
# Whom we call with push messages: the browsers' vendors. Endpoints come from the browser, so nobody else is called.
PUSH_SERVICES = words(
    "PUSH_SERVICES",
    "fcm.googleapis.com,jmt17.google.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
)
# WeChat's official account (notifications/channels/wechat.py); without an app id nobody can bind it.
WECHAT_API = os.environ.get("WECHAT_API", "https://api.weixin.qq.com")
WECHAT_APP_ID = os.environ.get("WECHAT_APP_ID", "")
WECHAT_SECRET = os.environ.get("WECHAT_SECRET", "")
WECHAT_TEMPLATE = os.environ.get("WECHAT_TEMPLATE", "")
WECHAT_FIRST_FIELD = os.environ.get("WECHAT_FIRST_FIELD", "thing1")
WECHAT_SECOND_FIELD = os.environ.get("WECHAT_SECOND_FIELD", "thing2")
CELERY_BROKER_URL = embedded.celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_QUEUE", "ningju")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "core.tasks.beat", "schedule": 15},
    "sweep-live": {"task": "notifications.tasks.sweep_live", "schedule": 10},
    "sweep-notifications": {"task": "notifications.tasks.sweep", "schedule": 10},
    "remind": {"task": "notifications.clock.remind", "schedule": 120},
    "call-for-places": {
        "task": "notifications.clock.call_for_places",
        "schedule": crontab(hour="9-20", minute="*/10"),
    },
    "call-the-silent": {
        "task": "notifications.clock.call_the_silent",
        "schedule": crontab(hour=10, minute=15),
    },
    "sweep-offers": {"task": "matching.tasks.sweep", "schedule": 20},
    "train-acceptance": {"task": "matching.tasks.train_nightly", "schedule": crontab(hour=3, minute=30)},
    "sweep-runs": {"task": "matching.tasks.sweep_runs", "schedule": 60},
    "plan-the-night": {"task": "matching.tasks.plan_the_night", "schedule": crontab(hour=3, minute=30)},
    "move-waiting-lists": {"task": "activities.tasks.move_waiting_lists", "schedule": 20},
    "close-ledger": {"task": "activities.tasks.close_ledger", "schedule": 3},
    "make-series-ahead": {"task": "activities.tasks.make_series_ahead", "schedule": 3600},
    "watch-series": {"task": "activities.tasks.watch_series", "schedule": 3600},
    "finish-activities": {"task": "activities.tasks.finish_what_is_over", "schedule": 3600},
    "look-for-open-check-ins": {"task": "activities.tasks.look_for_open_check_ins", "schedule": 900},
    "look-for-circles": {
        "task": "activities.tasks.look_for_circles",
        "schedule": crontab(hour=4, minute=10),
    },
    "sweep-certificates": {"task": "activities.tasks.sweep_certificates", "schedule": 60},
    "weigh-search": {"task": "portal.tasks.weigh_search", "schedule": 900},
    "look-for-new": {"task": "portal.tasks.look_for_new", "schedule": 600},
    "relearn-words": {"task": "portal.tasks.relearn_words", "schedule": 3600},
    "sweep-uploads": {"task": "portal.tasks.sweep_uploads", "schedule": 60},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "filters": {"not_an_outage": {"()": "core.outage.NotAnOutage"}},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR", "filters": ["not_an_outage"]},
        "uvicorn": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # it tells of every table of a font
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
