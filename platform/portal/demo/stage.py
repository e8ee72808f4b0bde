"""What all parts of the demo district share: one source of chance, one clock, the words, the divisions, the rules."""

from __future__ import annotations

import json
import math
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Division, Household, RuleSet, Studio, User, Volunteer, VolunteerSkill
from core.geo import Point, to_metres, to_point
from portal.demo.copying import Numbers

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
SCATTER_M = 800
PAST_DAYS = 182
DOMAIN = "demo.ningju.example"


@dataclass
class Stage:
    """`scale` multiplies everything but divisions and staff; the same seed and day make the same district."""

    scale: float
    today: date
    seed: int
    volunteers: list[Volunteer] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    studios: list[Studio] = field(default_factory=list)
    teams: dict[int, list[Volunteer]] = field(default_factory=lambda: defaultdict(list))  # by studio
    offered: dict[str, list[Studio]] = field(
        default_factory=lambda: defaultdict(list)
    )  # verified ones, by skill
    # rows of the personas where they are made: "volunteer" a Volunteer, "family" a Household
    personas: dict[str, Any] = field(default_factory=dict)
    workers: dict[str, User] = field(default_factory=dict)  # by the code of the neighbourhood
    units: dict[int, int] = field(default_factory=dict)  # the workplace unit of a user
    skills: dict[int, list[VolunteerSkill]] = field(default_factory=lambda: defaultdict(list))  # by volunteer

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        self.number = Numbers()
        self.now = timezone.now()
        self.rules = RuleSet.objects.in_force(self.today)
        divisions = list(Division.objects.select_related("parent"))
        self.neighbourhoods = [
            division for division in divisions if division.level == Division.Level.NEIGHBOURHOOD
        ]
        self.district = next(division for division in divisions if division.level == Division.Level.DISTRICT)
        self.busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.asked: dict[int, list[datetime]] = defaultdict(list)
        self.services: Counter[tuple[int, int, int]] = Counter()  # of a studio in a week (ISO year and week)

    def count(self, of: int) -> int:
        """This many at scale 1."""
        return max(1, round(of * self.scale))

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def weighted(self, choices: Mapping[Any, float]) -> Any:
        return self.chance.choices(list(choices), list(choices.values()))[0]

    def moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_current_timezone())

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def near(self, division: Division) -> Point:
        """An invented point up to 800 m around the division's."""
        point = division.point
        if point is None:
            raise ValueError(division.code)
        east, north = to_metres(point)
        turn, far = self.chance.uniform(0, 2 * math.pi), SCATTER_M * math.sqrt(self.chance.random())
        found = to_point(east + far * math.cos(turn), north + far * math.sin(turn))
        return Point(round(found.lon, 6), round(found.lat, 6))

    def name(self) -> str:
        """Plainly invented: a surname and two signs of the sexagenary cycle."""
        return str(
            self.chance.choice(WORDS["surnames"])
            + self.chance.choice(WORDS["stems"])
            + self.chance.choice(WORDS["branches"])
        )

    def is_free(self, volunteer: Volunteer, starts_at: datetime, ends_at: datetime) -> bool:
        return all(end <= starts_at or ends_at <= start for start, end in self.busy[volunteer.pk])

    def may_be_asked(self, volunteer: Volunteer, at: datetime) -> bool:
        """The contact budget: not more asks in any seven days than the rules allow."""
        asks = [moment for moment in self.asked[volunteer.pk] if abs(moment - at) < timedelta(days=7)]
        return len(asks) < self.rules.weekly_asks
