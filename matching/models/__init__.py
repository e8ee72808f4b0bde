"""Who helps whom: needs, offers, assignments, reviews."""

from matching.models.assignments import Assignment, Review
from matching.models.learned import AcceptanceVersion, Run
from matching.models.offers import Offer
from matching.models.plans import PlanDraft, PlanRun
from matching.models.requests import ServiceRequest

__all__ = [
    "AcceptanceVersion",
    "Assignment",
    "Offer",
    "PlanDraft",
    "PlanRun",
    "Review",
    "Run",
    "ServiceRequest",
]
