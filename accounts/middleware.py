"""The reader's language."""

from django.middleware.locale import LocaleMiddleware


class ReaderLanguage(LocaleMiddleware):
    """The language a person chose (cookie, or the account's), else Chinese; not what the browser happens to ask for."""
