"""All kinds, by area. A new kind goes into the file of its area."""

from notifications.catalogue import activities, matching, people, places, record, reminders, talk
from notifications.catalogue.kind import Kind

KINDS: dict[str, Kind] = {
    **matching.KINDS,
    **activities.KINDS,
    **people.KINDS,
    **places.KINDS,
    **record.KINDS,
    **reminders.KINDS,
    **talk.KINDS,
}
