"""Changing a record on one page that is made of the forms of its registration's steps."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.forms.rows import together
from core.errors import DomainError


def saved(
    request: HttpRequest, parts: Sequence[forms.Form], save: Callable[[dict[str, Any]], object]
) -> tuple[bool, DomainError | None]:
    """Whether everything was right and is saved; else the rule that refused it, if it was a rule."""
    if request.method != "POST" or request.POST.get("act", "save") != "save":
        return False, None
    right = [part.is_valid() for part in parts]  # every part, so that all errors are shown at once
    if not all(right):
        return False, None
    try:
        save(together(parts))
    except DomainError as refusal:
        return False, refusal
    messages.success(request, _("Saved."))
    return True, None
