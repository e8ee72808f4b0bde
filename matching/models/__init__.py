"""Who helps whom: needs, offers, assignments, reviews."""

from matching.models.assignments import Assignment, Review
from matching.models.offers import Offer
from matching.models.plans import PlanDraft, PlanRun
from matching.models.requests import ServiceRequest

__all__ = ["Assignment", "Offer", "PlanDraft", "PlanRun", "Review", "ServiceRequest"]
