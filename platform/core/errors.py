"""The one error that a person may see: why an act was refused, and what would help."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """An act was refused by a rule.

    `code` names the rule for tests and clients; `reason` is the sentence for the person; `help` says what would help.
    Both are lazy translations, formatted with `params` when they are shown.
    """

    def __init__(
        self,
        code: str,
        reason: str | Promise,
        *,
        help: str | Promise = "",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})
        self._reason = reason
        self._help = help

    @property
    def reason(self) -> str:
        return str(self._reason) % self.params if self.params else str(self._reason)

    @property
    def help(self) -> str:
        return str(self._help) % self.params if self.params else str(self._help)

    def __str__(self) -> str:
        return f"{self.reason} {self.help}".strip()
