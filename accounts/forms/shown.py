"""What was typed, to read once more before it is sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.forms.rows import FormWithRows
from core.slots import from_mask
from core.templatetags.words import day_filter
from core.widgets import SlotsField


def word_list(words: Iterable[object]) -> str:
    """Words one after the other, divided as the language divides them."""
    return pgettext("between the words of a list", ", ").join(str(word) for word in words)


@dataclass(frozen=True)
class Line:
    label: Any
    text: str = ""
    slots: int | None = None


def lines_of(form: forms.Form) -> list[Line]:
    """Fields that were filled in, in order; then one line for each row. The form is valid."""
    shown = [_line(form[name], form.cleaned_data.get(name)) for name in form.fields if name != "subdistrict"]
    if isinstance(form, FormWithRows):
        shown += [Line(form.rows_label, text) for text in _rows(form)]
    return [line for line in shown if line.text or line.slots]


def _line(field: forms.BoundField, value: Any) -> Line:
    if isinstance(field.field, SlotsField):
        return Line(field.label, slots=value) if from_mask(value) else Line(field.label)
    return Line(field.label, _words(field.field, value))


def _rows(form: FormWithRows) -> Iterator[str]:
    for row in form.rows.forms:
        if row.has_changed():
            words = (_words(field, row.cleaned_data.get(name)) for name, field in row.fields.items())
            yield " · ".join(word for word in words if word)


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, date):
        return day_filter(value)
    if isinstance(field, forms.MultipleChoiceField):
        return word_list(dict(field.choices)[code] for code in value)  # type: ignore[arg-type]
    if isinstance(field, forms.ChoiceField) and not hasattr(value, "pk"):
        named = {str(code): str(word) for code, word in _flat(field.choices)}
        return named.get(str(value), "") if value not in ("", None) else ""
    return "" if value is None else str(value)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for code, word in choices:
        if isinstance(word, list | tuple):
            yield from word
        else:
            yield code, word
