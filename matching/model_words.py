"""Names of features, kinds of questions, outcomes and policies in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

FEATURES: Words = {
    "skill_fit": _("Skill fits"),
    "distance_m": _("Distance"),
    "slot_match": _("Said to be free then"),
    "lead_time_h": _("Hours until it begins"),
    "urgency": _("Urgency"),
    "hour": _("Hour of the day"),
    "weekday": _("Day of the week, holidays apart"),
    "asks_7d": _("Questions in the last 7 days"),
    "asks_30d": _("Questions in the last 30 days"),
    "days_since_accept": _("Days since the last yes"),
    "accept_rate": _("Share of questions answered yes"),
    "response_delay_h": _("Hours until an answer"),
    "continuity": _("Earlier visits to this household"),
    "load_7d": _("Hours promised in 7 days"),
    "language_match": _("Speaks the language"),
}

SEGMENTS: Words = {
    "urgency:normal": _("Can wait"),
    "urgency:soon": _("Within days"),
    "urgency:urgent": _("Urgent"),
    "distance:below-1": _("Below 1 km"),
    "distance:1-to-3": _("1 to 3 km"),
    "distance:above-3": _("3 km and more"),
    "remote:yes": _("By phone or online"),
    "remote:no": _("On site"),
    "hour:morning": pgettext_lazy("part of the day", "Morning"),
    "hour:afternoon": pgettext_lazy("part of the day", "Afternoon"),
    "hour:evening": pgettext_lazy("part of the day", "Evening"),
}

COMPETITORS: Words = {
    "challenger": _("This model"),
    "champion": _("The one in use before"),
    "logistic": _("Logistic regression"),
    "prior": _("Rules written by hand"),
}

OUTCOMES: Words = {
    "promoted": _("Better than the one before: in use"),
    "ready": _("Better, but staff went back lately: waits for your word"),
    "not_better": _("Not surely better: nothing changed"),
    "too_few": _("Not enough answers yet"),
    "one_sided": _("All answers are alike: nothing to learn"),
    "nothing_new": _("Nothing was answered since"),
    "gave_up": _("It failed three times; the log of the site says why"),
}

POLICIES: Words = {
    "notify_all": _("Ask everybody at once"),
    "top_k": _("The five likeliest for each seat"),
    "nearest_first": _("The nearest, one after another"),
    "waves": _("Small waves, likeliest first (in use here)"),
    "spared_waves": _("Small waves that spare who was asked lately"),
}


def word(words: Words, code: str) -> str:
    """A code that this version does not know stands for itself."""
    return str(words.get(code, code))
