"""What follows from a fact of this app inside this app."""

from activities import services
from activities.events import HoursRecorded
from core.events import subscribe


@subscribe(HoursRecorded)
def certificates_follow_corrections(fact: HoursRecorded) -> None:
    services.supersede_certificates(service_record_id=fact.service_record_id)
