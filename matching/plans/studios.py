"""Studios on the board, beside the people: providers with a capacity for each week.

Each week of a studio is a column of its own, so a week is never overdrawn. People come first, as when needs are planned
one by one: a studio is planned where nobody is left, or hardly likely to come. Where people and studios stand in one
list (changes by hand, pairs of a plan), a studio is written as minus its id.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from matching.needs import Need
from matching.studios import STUDIO_CHECKS, Provider, ask_of, load_providers, week_of

COST_OF_A_STUDIO = 3_000  # added to 1000 times -log of its score: asked when nobody is a twentieth as likely
ASKED = "studio_asked"  # the last of the checks: whoever stops there passes all the others


@dataclass(frozen=True)
class StudioWeek:
    """One column of the problem."""

    provider: Provider
    week: date
    room: int

    @property
    def key(self) -> int:
        return -self.provider.studio.pk


@dataclass(frozen=True)
class Studios:
    """Columns, and for each need which of them could go, at what cost."""

    providers: list[Provider] = field(default_factory=list)
    weeks: list[StudioWeek] = field(default_factory=list)
    costs: list[dict[int, int]] = field(default_factory=list)  # (R,) column -> cost

    def column(self, at: int, key: int) -> int | None:
        """The column of this studio for the need in this row; None when it may not be planned there."""
        return next((column for column in self.costs[at] if self.weeks[column].key == key), None)

    def provider(self, key: int) -> Provider | None:
        return next((one for one in self.providers if one.studio.pk == -key), None)

    def keys(self, at: int) -> list[int]:
        """Studios that could go to the need in this row, the cheapest first."""
        costs = self.costs[at]
        return [
            self.weeks[column].key for column in sorted(costs, key=lambda column: (costs[column], column))
        ]


def lay_out_studios(needs: Sequence[Need]) -> Studios:
    """Every verified studio that passes every limit of a need, or is thinking about it. Four queries."""
    if not needs:
        return Studios()
    providers = load_providers(needs)
    weeks: list[StudioWeek] = []
    numbers: dict[tuple[int, date], int] = {}
    costs = []
    for need in needs:
        week, row = week_of(need.request.starts_at), {}
        for provider in providers:
            cost = _cost(need, provider)
            if cost is None:
                continue
            number = numbers.setdefault((provider.studio.pk, week), len(weeks))
            if number == len(weeks):
                weeks.append(StudioWeek(provider, week, provider.room_in(week)))
            row[number] = cost
        costs.append(row)
    return Studios(providers, weeks, costs)


def is_thinking(need: Need, provider: Provider) -> bool:
    return any(offer.studio_id == provider.studio.pk for offer in need.live)


def _cost(need: Need, provider: Provider) -> int | None:
    hindrance = next((check.code for check in STUDIO_CHECKS if not check.holds(need, provider)), "")
    thinks = hindrance == ASKED and is_thinking(need, provider)
    if hindrance and not thinks:
        return None
    ask = ask_of(need, provider)
    return round(-1000 * math.log(ask.score * ask.probability)) + (0 if thinks else COST_OF_A_STUDIO)
