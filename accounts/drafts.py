"""What a person has typed so far in a form of several steps: kept in the session, sealed, until it is sent.

The session stands in PostgreSQL. A draft may hold an address and words about health, so it is sealed like the row that
it will become, and it opens only for the person who typed it.
"""

import base64
import json
import uuid
from typing import Any

from django.http import HttpRequest, QueryDict

from core.crypto import CannotOpen, seal, unseal

Typed = dict[str, list[str]]
NOT_KEPT = {"csrfmiddlewaretoken", "act", "submission_key"}


class Draft:
    """The draft `name` of the person of this request. `key` stays the same until `forget`: one draft, one record."""

    def __init__(self, request: HttpRequest, name: str) -> None:
        self._session = request.session
        self._slot = f"draft.{name}"
        self._context = f"{self._slot}.{request.user.pk}"
        kept = self._open()
        self.key = uuid.UUID(kept["key"]) if kept else uuid.uuid4()
        self._steps: dict[str, Typed] = kept["steps"] if kept else {}

    def typed(self, step: str) -> QueryDict | None:
        """What was typed in this step, as it came; None when it was never sent."""
        if step not in self._steps:
            return None
        typed = QueryDict(mutable=True)
        for name, values in self._steps[step].items():
            typed.setlist(name, values)
        return typed

    def keep(self, step: str, data: QueryDict) -> None:
        self._steps[step] = {name: list(values) for name, values in data.lists() if name not in NOT_KEPT}
        plain = json.dumps({"key": str(self.key), "steps": self._steps})
        self._session[self._slot] = base64.b64encode(seal(plain, context=self._context)).decode()

    def forget(self) -> None:
        self._session.pop(self._slot, None)

    def _open(self) -> dict[str, Any] | None:
        sealed = self._session.get(self._slot)
        if not sealed:
            return None
        try:
            kept: dict[str, Any] = json.loads(unseal(base64.b64decode(sealed), context=self._context))
        except CannotOpen:
            return None
        return kept
