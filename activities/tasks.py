"""What this app does by itself."""

from celery import shared_task

from activities import bands, chain, services
from activities.certificate_paper import draw_certificate
from activities.certificates import KIND
from activities.models import Certificate
from activities.services import series
from activities.services.oddities import raise_circles, raise_open_check_ins
from core.signing import verify


@shared_task
def finish_what_is_over() -> int:
    """Finish activities that ended a day ago. Safe to run twice: what is finished is no longer found."""
    return services.finish_what_is_over()


@shared_task
def make_certificate(certificate_id: int) -> None:
    """Count, sign, draw and keep one certificate. Safe to run twice: what is counted and kept stays."""
    certificate = services.freeze_certificate(certificate_id=certificate_id)
    if certificate is None:
        return
    content = draw_certificate(
        certificate,
        verify(certificate.statement, kind=KIND),
        rounding=services.rounding_for(certificate),
        told=lambda done: Certificate.objects.filter(pk=certificate_id).update(services_done=done),
    )
    services.keep_paper(certificate=certificate, content=content)


@shared_task
def sweep_certificates() -> int:
    """Make what a lost message or a dead worker left unmade."""
    waiting = services.unfinished_certificates()
    for certificate_id in waiting:
        make_certificate(certificate_id)
    return len(waiting)


@shared_task
def move_waiting_lists() -> int:
    """Offer places on that were not taken in time, close the lines of shifts that have begun. Safe to run twice."""
    return services.move_lines()


@shared_task
def look_for_open_check_ins() -> int:
    """Put check-ins that were never ended into the queue of doubts. Safe to run twice."""
    return raise_open_check_ins()


@shared_task
def look_for_circles() -> int:
    """Put small groups that approve each other into the queue of doubts. Safe to run twice."""
    return raise_circles()


@shared_task
def close_ledger() -> int:
    """Close the batches of the chain, fold the ranks, publish the heads of months that are over. Safe to run twice."""
    while bands.fold_moves():
        pass
    batches = chain.close_ledger()
    chain.publish_heads()
    return batches


@shared_task
def make_series_ahead() -> int:
    """Make the shifts of every series up to the horizon. Safe to run twice: a day is made once."""
    return series.make_all_ahead()


@shared_task
def watch_series() -> int:
    """Sound the alarm where the horizon shrinks. Safe to run twice: told once."""
    return series.watch_horizons()
