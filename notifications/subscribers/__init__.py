"""Which fact becomes which message for whom, and which pages look again: one screen for each app that has facts.

Everything here runs inside the transaction of the fact. Nobody is told what they did themselves. A fact that reaches
nobody stands in SILENT with the reason; a test holds that every fact is here or there.
"""

from accounts.events import OrganisationLeft, PairKeptApart
from notifications.subscribers import activities, matching, people, places, record

__all__ = ["SILENT", "activities", "matching", "people", "places", "record"]

SILENT: dict[type, str] = {
    OrganisationLeft: "who leaves knows it, and no page of others counts members live",
    PairKeptApart: "volunteers are not told why; what was promised is cancelled, and that they are told",
}
