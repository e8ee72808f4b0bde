"""A form with a list of small forms below it: skills with a level, services of a studio, people of a household."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_ROWS = 24


class Row(forms.Form):
    """One line. It counts when its first field was filled in; otherwise it is dropped, so emptying it removes it."""

    def has_changed(self) -> bool:
        first = next(iter(self.fields))
        return bool(self[first].data)


class RowSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """How many lines there are comes with the form itself."""

    def filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.has_changed() and form.cleaned_data]


class FormWithRows(forms.Form):
    """`row_form` many times. `cleaned_data["rows"]` are those that were filled in."""

    row_form: ClassVar[type[Row]]
    rows_prefix: ClassVar[str]
    rows_label: ClassVar[str | Promise]
    more_label: ClassVar[str | Promise] = _("Add another line")
    needs_a_row: ClassVar[bool] = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        rows: Iterable[Mapping[str, Any]] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), **options)
        given = [dict(row) for row in rows]
        factory = forms.formset_factory(
            self.row_form,
            formset=RowSet,
            extra=0 if given else 1,
            max_num=MOST_ROWS,
            absolute_max=MOST_ROWS,
        )
        self.rows = factory(self._with_first_values(data), prefix=self.rows_prefix, initial=given or None)
        if data is not None:
            for row in self.rows.forms:
                row.empty_permitted = True

    def _with_first_values(self, data: QueryDict | None) -> QueryDict | None:
        """A line that was just added was never seen, so its fields stand as they do at first."""
        if data is None:
            return None
        filled = data.copy()
        typed = data.get(f"{self.rows_prefix}-TOTAL_FORMS", "")
        for number in range(min(int(typed), MOST_ROWS) if typed.isdigit() else 0):
            line = f"{self.rows_prefix}-{number}-"
            if not any(name.startswith(line) for name in data):
                for name, field in self.row_form.base_fields.items():
                    filled[line + name] = "" if field.initial is None else field.initial
        return filled

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.rows.is_valid():
            raise forms.ValidationError(_("Please look at the marked lines."))
        filled = self.rows.filled()  # type: ignore[attr-defined]
        if self.needs_a_row and not filled:
            raise forms.ValidationError(_("At least one line is needed."))
        cleaned["rows"] = filled
        return cleaned


def typed_of(request: HttpRequest) -> QueryDict | None:
    """What was sent, None for a look. "Add another line" (act `more-<rows>`) adds the line to what was typed."""
    if request.method != "POST":
        return None
    act = request.POST.get("act", "")
    return with_one_more(request.POST, act.removeprefix("more-")) if act.startswith("more-") else request.POST


def with_one_more(data: QueryDict, rows_prefix: str) -> QueryDict:
    """The same typed form with an empty line at the end of these rows."""
    wider = data.copy()
    name = f"{rows_prefix}-TOTAL_FORMS"
    typed = wider.get(name, "1")
    wider[name] = str(min(int(typed) + 1, MOST_ROWS) if typed.isdigit() else 1)
    return wider


def together(sent: Iterable[forms.Form]) -> dict[str, Any]:
    """What several valid forms gave, as one; rows stand under the name of their form."""
    cleaned: dict[str, Any] = {}
    for form in sent:
        cleaned |= {name: value for name, value in form.cleaned_data.items() if name != "rows"}
        if isinstance(form, FormWithRows):
            cleaned[form.rows_prefix] = form.cleaned_data["rows"]
    return cleaned
