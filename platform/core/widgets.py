"""Form widgets of the house: chips for code tables, and the week of 24 slots."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.slots import DAYS, PARTS, from_mask, to_mask

SlotRow = tuple[Any, list[dict[str, Any]]]


class Chips(forms.CheckboxSelectMultiple):
    """Several of a short table (skills, service categories), as pills."""

    template_name = "components/widgets/chips.html"


class RadioChips(forms.RadioSelect):
    """One of a few, as pills."""

    template_name = "components/widgets/chips.html"


def slot_rows(*, chosen: Collection[str], identity: str = "") -> list[SlotRow]:
    """Eight rows of three slots, each with its number, its words and whether it is chosen."""
    return [
        (
            day,
            [
                {
                    "value": (number := row * 3 + part + 1),
                    "part": word,
                    "is_chosen": str(number) in chosen,
                    "id": f"{identity}_{number}" if identity else "",
                }
                for part, word in enumerate(PARTS)
            ],
        )
        for row, day in enumerate(DAYS)
    ]


class SlotGrid(forms.CheckboxSelectMultiple):
    """The week: Monday to Sunday and public holidays, by morning, afternoon and evening. Values 1 to 24."""

    template_name = "components/widgets/slots.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        identity = context["widget"]["attrs"].get("id", "")
        chosen = {str(item) for item in context["widget"]["value"]}
        context["widget"]["rows"] = slot_rows(chosen=chosen, identity=identity)
        context["widget"]["parts"] = PARTS
        return context


class SlotsField(forms.TypedMultipleChoiceField):
    """Slots as they are kept: typed as 24 boxes, cleaned to one mask with slot 1 in bit 0 (core.slots)."""

    widget = SlotGrid

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", _("When you usually have time"))
        super().__init__(choices=[(n, n) for n in range(1, 25)], coerce=int, **options)

    def prepare_value(self, value: Any) -> Any:
        return from_mask(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        return to_mask(super().clean(value) or [])
