"""All kinds, by area. A new kind goes into the file of its area."""

<<<<<<< HEAD
from notifications.catalogue import activities, matching, people, places, record, talk
=======
from notifications.catalogue import activities, matching, people, places, record, reminders
>>>>>>> main
from notifications.catalogue.kind import Kind

KINDS: dict[str, Kind] = {
    **matching.KINDS,
    **activities.KINDS,
    **people.KINDS,
    **places.KINDS,
    **record.KINDS,
<<<<<<< HEAD
    **talk.KINDS,
=======
    **reminders.KINDS,
>>>>>>> main
}
