"""allauth's seam to our users."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """How allauth reads and writes e-mail addresses and phone numbers."""
