"""Text messages by Alibaba Cloud (dysmsapi 2017-05-25, SendSms), signed with ACS3-HMAC-SHA256.

A mainland gateway sends templates that were registered before, not free text: ALIYUN_SMS_TEMPLATE is the template of
notices with one variable (ALIYUN_SMS_VARIABLE), ALIYUN_SMS_CODE_TEMPLATE the one of codes with the variable `code`.
The signature: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import requests
from django.conf import settings

from accounts.sms import GatewayRefused

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
PATIENCE = 10  # seconds; a gateway that hangs must not hold a worker
LONGEST = 35  # characters of a template's variable
# what may be otherwise a moment later; everything else is refused for good
MAY_PASS = frozenset(
    {"isp.SYSTEM_ERROR", "isv.BUSINESS_LIMIT_CONTROL", "Throttling.User", "ServiceUnavailable"}
)


class AliyunSms:
    """The gateway named by `SMS_BACKEND=accounts.sms_aliyun.AliyunSms`."""

    def send(self, phone: str, text: str, code: str = "") -> None:
        """Raises GatewayRefused when a second try is of no use, OSError otherwise."""
        template = settings.ALIYUN_SMS_CODE_TEMPLATE if code else settings.ALIYUN_SMS_TEMPLATE
        values = {"code": code} if code else {settings.ALIYUN_SMS_VARIABLE: text[:LONGEST]}
        query = {
            "PhoneNumbers": phone.removeprefix("+86") if phone.startswith("+86") else phone.removeprefix("+"),
            "SignName": settings.ALIYUN_SMS_SIGN,
            "TemplateCode": template,
            "TemplateParam": json.dumps(values, ensure_ascii=False, separators=(",", ":")),
        }
        endpoint = settings.ALIYUN_SMS_ENDPOINT
        headers = signed_headers(
            query,
            host=urlsplit(endpoint).netloc,
            key_id=settings.ALIYUN_ACCESS_KEY_ID,
            secret=settings.ALIYUN_ACCESS_KEY_SECRET,
        )
        response = requests.post(
            f"{endpoint}/?{canonical_query(query)}", headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        if response.status_code >= 500:
            response.raise_for_status()
        answer = response.json()
        found = str(answer.get("Code", response.status_code))
        if found in MAY_PASS:
            raise ConnectionError(f"Aliyun answers {found}: {answer.get('Message', '')}")
        if found != "OK":
            raise GatewayRefused(f"Aliyun answers {found}: {answer.get('Message', '')}")


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted by name, every character but the unreserved ones escaped (RFC 3986)."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query.items())
    )


def signed_headers(
    query: Mapping[str, str],
    *,
    host: str,
    key_id: str,
    secret: str,
    action: str = "SendSms",
    at: datetime | None = None,
    nonce: str = "",
) -> dict[str, str]:
    """The headers of one call without a body; each has an own nonce, so that it cannot be played again."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce or secrets.token_hex(16),
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(headers))
    request = "\n".join(
        [
            "POST",
            "/",
            canonical_query(query),
            "".join(f"{name}:{headers[name]}\n" for name in sorted(headers)),
            names,
            headers["x-acs-content-sha256"],
        ]
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": authorization}
