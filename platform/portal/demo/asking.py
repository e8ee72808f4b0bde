"""Whom the demo district asks: the hard limits of the services, offers, and studios when volunteers are too few."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import AskLedger, SourceKind, Volunteer
from core.codes import Skill
from core.geo import distance_step
from matching.models import Assignment, Offer, ServiceRequest
from portal.demo.copying import Leaf, copy_in, copy_leaves
from portal.demo.stage import WORDS, Stage

MODEL_VERSION = "demo"
SKILLS = Skill.values  # made anew at each look
Answer = Offer.Status


@dataclass(frozen=True)
class Yes:
    """An accepted offer, who goes, and when the answer came."""

    offer: Offer
    volunteer: Volunteer
    at: datetime


@dataclass
class Written:
    """Rows to write, by table, in the order in which the tables refer to each other."""

    requests: list[ServiceRequest] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    asks: list[Leaf] = field(default_factory=list)
    commitments: list[Leaf] = field(default_factory=list)
    reviews: list[Leaf] = field(default_factory=list)
    records: list[Leaf] = field(default_factory=list)
    changes: list[Leaf] = field(default_factory=list)
    readings: list[Leaf] = field(default_factory=list)

    def copy(self) -> None:
        for rows in (self.requests, self.offers, self.assignments):
            copy_in(rows)
        for leaves in (self.asks, self.commitments, self.reviews, self.records, self.changes, self.readings):
            copy_leaves(leaves)


class Pool:
    """Volunteers by skill and subdistrict, and the hard limits that the services also know."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.by_skill: dict[tuple[str, str], list[Volunteer]] = defaultdict(list)
        for volunteer in stage.volunteers:
            if volunteer.status != Volunteer.Status.VERIFIED or not volunteer.accepts_pushes:
                continue
            if volunteer in stage.personas.values():
                continue  # they shall have time for whoever tries the site
            area = volunteer.home_division_id[:9]
            self.by_skill["", area].append(volunteer)
            for row in stage.skills[volunteer.pk]:
                self.by_skill[row.skill, area].append(volunteer)
        self.areas = sorted({area for _, area in self.by_skill})

    def find(self, request: ServiceRequest, most: int) -> list[Volunteer]:
        """At most so many who may be asked, in order of distance: looks at 32 of the own area and 8 of another."""
        stage, skill = self.stage, (request.skills or [""])[0]
        slots = stage.rules.slots(request.starts_at, request.ends_at)
        near = self.by_skill[skill, request.division_id[:9]]
        far = self.by_skill[skill, stage.chance.choice(self.areas)]
        looked_at = stage.chance.sample(near, min(32, len(near))) + stage.chance.sample(far, min(8, len(far)))
        fit = [
            volunteer
            for volunteer in dict.fromkeys(looked_at)
            if volunteer.slots & slots == slots
            and stage.is_free(volunteer, request.starts_at, request.ends_at)
            and stage.may_be_asked(volunteer, request.posted_at)
            and self.has_licence(volunteer, skill, request.starts_at)
            and (request.is_remote or distance_step(volunteer.home, request.cell) <= volunteer.radius_m)
            and volunteer.user_id != request.household.contact_id
            and (volunteer.age_on(request.starts_at.date()) or 0) >= stage.rules.minimum_age
        ]
        return sorted(fit, key=lambda volunteer: distance_step(volunteer.home, request.cell))[:most]

    def has_licence(self, volunteer: Volunteer, skill: str, starts_at: datetime) -> bool:
        if skill not in self.stage.rules.licensed_skills:
            return True
        return any(
            row.skill == skill and row.is_licensed_on(starts_at.date())
            for row in self.stage.skills[volunteer.pk]
        )


def ask(
    stage: Stage,
    written: Written,
    request: ServiceRequest,
    volunteer: Volunteer,
    *,
    answer: Offer.Status | None = None,
) -> Offer:
    """One offer and its line in the ledger. Two in five say yes, fewer when it is far, unless the answer is given."""
    step = None if request.is_remote else distance_step(volunteer.home, request.cell)
    probability = 0.45 if step is None else max(0.15, 0.55 - step / 10_000)
    sent_at = request.posted_at + timedelta(minutes=1)
    minutes = stage.rules.answer_minutes[request.urgency]
    status = answer or stage.weighted(
        {Answer.ACCEPTED: probability, Answer.DECLINED: 0.3, Answer.EXPIRED: 0.7 - probability}
    )
    offer = Offer(
        id=stage.number(Offer),
        request=request,
        volunteer=volunteer,
        ring=1,
        score=round(probability, 3),
        probability=round(probability, 3),
        reasons=reasons(request, step),
        model_version=MODEL_VERSION,
        distance_m=step,
        status=status,
        sent_at=sent_at,
        answer_by=sent_at + timedelta(minutes=minutes),
        answered_at=sent_at + timedelta(minutes=minutes * stage.chance.uniform(0.05, 0.9))
        if status in (Answer.ACCEPTED, Answer.DECLINED)
        else None,
        decline_reason=stage.chance.choice(WORDS["decline"]) if status == Answer.DECLINED else "",
    )
    written.offers.append(offer)
    written.asks.append(
        Leaf(
            AskLedger,
            volunteer_id=volunteer.pk,
            asked_at=sent_at,
            source_kind=SourceKind.OFFER,
            source_id=offer.pk,
        )
    )
    stage.asked[volunteer.pk].append(sent_at)
    return offer


def ask_studio(stage: Stage, written: Written, request: ServiceRequest, seats: int) -> list[Yes]:
    """An offer for each member whom a studio in reach, open and with capacity left in that week, can send."""
    week = request.starts_at.isocalendar()
    slots = stage.rules.slots(request.starts_at, request.ends_at)
    for studio in stage.chance.sample(
        found := stage.offered[(request.skills or [""])[0]], min(6, len(found))
    ):
        step = None if request.is_remote else distance_step(studio.point, request.cell)
        key = (studio.pk, week.year, week.week)
        members = [
            member
            for member in stage.teams[studio.pk]
            if stage.is_free(member, request.starts_at, request.ends_at)
            and member.user_id != request.household.contact_id
            and (member.age_on(request.starts_at.date()) or 0) >= stage.rules.minimum_age
        ]
        if (
            studio.slots & slots != slots
            or (step or 0) > studio.radius_m
            or len(members) < seats
            or stage.services[key] + seats > studio.weekly_capacity
        ):
            continue
        stage.services[key] += seats
        sent_at = request.posted_at + timedelta(hours=3)
        offer = Offer(
            id=stage.number(Offer),
            request=request,
            studio=studio,
            ring=stage.rules.rings + 1,
            score=0.6,
            probability=0.6,
            reasons=reasons(request, step),
            model_version=MODEL_VERSION,
            distance_m=step,
            status=Answer.ACCEPTED,
            sent_at=sent_at,
            answer_by=sent_at + timedelta(hours=12),
            answered_at=min(sent_at + timedelta(hours=2), stage.now),
        )
        written.offers.append(offer)
        return [
            Yes(offer, member, min(sent_at + timedelta(hours=2), stage.now)) for member in members[:seats]
        ]
    return []


def answered(offers: list[Offer], most: int) -> list[Yes]:
    """The first so many acceptances; the rest of them came too late."""
    accepted = [offer for offer in offers if offer.status == Answer.ACCEPTED]
    for offer in accepted[most:]:
        offer.status = Answer.TAKEN
    return [
        Yes(offer, offer.volunteer, offer.answered_at)
        for offer in accepted[:most]
        if offer.volunteer is not None and offer.answered_at is not None
    ]


def reasons(request: ServiceRequest, step: int | None) -> list[dict[str, Any]]:
    """True ones, in the words of the engine (matching/engine/explain.py)."""
    found: list[dict[str, Any]] = [{"code": "by_phone"} if step is None else {"code": "near", "metres": step}]
    if request.skills:
        found.append({"code": "has_skills", "skills": [SKILLS.index(code) for code in request.skills]})
    return [*found, {"code": "free_in_slot"}]
