"""Every dated rule at once, so that planning many needs asks the database for rules a single time."""

from datetime import date

from accounts.models import RuleSet


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
