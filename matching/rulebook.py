"""Every dated rule at once, so that planning many needs asks the database for rules a single time."""

from datetime import date

from django.utils import timezone

from accounts.models import RuleSet
from matching.models import ServiceRequest


class RuleBook:
    """`RuleSet.objects.in_force` without a query for each need."""

    def __init__(self) -> None:
        self.rule_sets = list(RuleSet.objects.order_by("-effective_on"))

    def in_force(self, day: date, division_code: str) -> RuleSet:
        """The newest rules of the narrowest division that hold on `day`. Raises RuleSet.DoesNotExist."""
        holding = [
            rules
            for rules in self.rule_sets
            if rules.effective_on <= day and division_code.startswith(rules.division_id or "")
        ]
        if not holding:
            raise RuleSet.DoesNotExist(day)
        return max(holding, key=lambda rules: (len(rules.division_id or ""), rules.effective_on))


def rounding_of(need: ServiceRequest) -> int:
    """In steps of how many minutes the hours of this service are shown: the rule of its day."""
    day = timezone.localtime(need.starts_at).date()
    return RuleSet.objects.in_force(day, need.division_id).rounding_minutes
