"""A certificate as PDF: one page that says what is certified, in Chinese and English, then the list of services."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext, override
from fpdf.enums import MethodReturnValue, XPos, YPos

from activities.certificates import Service, address_of
from activities.models import Certificate
from core.codes import Grade
from core.papers import INK, QUIET, SANS, SERIF, Paper, drawable
from core.signing import Payload
from core.templatetags.words import exact_time, hours_figure

LANGUAGES = ("zh-hans", "en")
FRAME = (11, 106, 88)  # the site's accent
RULE = (218, 220, 224)
QR_SIZE = 46
COLUMNS = (34, 78, 38, 20)  # mm: when, what and where, recorded by, how long
TOLD_EVERY = 20  # lines


def both(say: Callable[[], str], between: str = "  ") -> str:
    """The same words in Chinese and then in English."""
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(say())
    return between.join(said)


def draw_certificate(
    certificate: Certificate, said: Payload, *, rounding: int, told: Callable[[int], object]
) -> bytes:
    """The PDF. `said` is what was signed; `told` gets the number of lines done. Takes about 10 ms a line."""
    paper = Paper(title=both(lambda: gettext("Certificate of volunteer service")), language="zh-CN")
    paper.set_author(drawable(said["issuer"]))
    paper.set_subject(certificate.shown_serial)
    paper.set_keywords(certificate.statement)  # a program finds it there, as a phone finds it in the code
    paper.set_auto_page_break(False)
    _frame(paper)
    _front(paper, certificate, said, rounding)
    _list(paper, certificate, told)
    return paper.finished()


def _frame(paper: Paper) -> None:
    paper.set_draw_color(*FRAME)
    paper.set_line_width(0.9)
    paper.rect(10, 10, 190, 277)
    paper.set_line_width(0.25)
    paper.rect(12, 12, 186, 273)


def _front(paper: Paper, certificate: Certificate, said: Payload, rounding: int) -> None:
    figures = {
        "name": said["name"],
        "from": said["from"],
        "to": said["to"],
        "services": said["services"],
        "hours": hours_figure(said["minutes"], rounding),
    }
    paper.set_y(34)
    for language, size in zip(LANGUAGES, (30.0, 15.0), strict=True):
        with override(language):
            paper.use(SERIF, size, FRAME if size > 20 else INK)
            paper.write_line(gettext("Certificate of volunteer service"), align="C", height=size * 0.55)
    paper.ln(4)
    paper.use(SANS, 10, QUIET)
    number = both(lambda: gettext("Certificate number"), " ")
    paper.write_line(f"{number}  {certificate.shown_serial}", align="C")
    paper.ln(12)
    paper.use(SERIF, 26)
    paper.write_line(said["name"], align="C", height=14)
    paper.ln(5)
    for language, size in zip(LANGUAGES, (13.0, 10.5), strict=True):
        with override(language):
            paper.use(SANS, size, INK if size > 11 else QUIET)
            sentence = gettext(
                "It is certified that %(name)s gave volunteer service from %(from)s to %(to)s:"
                " %(services)d services, %(hours)s hours in all. The services are listed on the following pages."
            )
            paper.write_block(sentence % figures)
            paper.ln(2)
    paper.ln(4)
    _facts(paper, said, rounding)
    _seal(paper, certificate, said)


def _facts(paper: Paper, said: Payload, rounding: int) -> None:
    counted = {"hours": hours_figure(said["minutes"], rounding), "minutes": rounding}
    rows = (
        (lambda: gettext("Time of service"), f"{said['from']} – {said['to']}"),
        (lambda: gettext("Number of services"), str(said["services"])),
        (lambda: gettext("Time given, exactly"), both(lambda: exact_time(said["minutes"]), " / ")),
        (
            lambda: gettext("Hours counted"),
            both(lambda: gettext("%(hours)s hours (in steps of %(minutes)d minutes)") % counted, " / "),
        ),
        (lambda: gettext("Recording unit"), said["issuer"]),
        (lambda: gettext("Issued on"), said["issued"]),
    )
    paper.set_draw_color(*RULE)
    paper.set_line_width(0.2)
    for label, value in rows:
        top = paper.get_y()
        paper.line(paper.l_margin, top, paper.w - paper.r_margin, top)
        paper.use(SANS, 9, QUIET)
        paper.cell(72, 9, both(label), new_x=XPos.RIGHT, new_y=YPos.TOP)
        paper.use(SANS, 11)
        paper.write_line(value, height=9)


def _seal(paper: Paper, certificate: Certificate, said: Payload) -> None:
    """The code at the foot, and beside it how to check and who certifies."""
    top = 220
    address = address_of(certificate)
    paper.qr(address, x=paper.l_margin - 2, y=top, size=QR_SIZE, link=address)
    paper.set_left_margin(paper.l_margin + QR_SIZE + 2)
    paper.set_y(top + 3)
    for language, size in zip(LANGUAGES, (9.5, 8), strict=True):
        with override(language):
            paper.use(SANS, size, QUIET)
            paper.write_block(
                gettext(
                    "Anybody can check this certificate: scan the code, or type the number at the address below."
                    " The code is signed; it can also be checked without the network."
                ),
                leading=1.45,
            )
            paper.ln(1)
    paper.use(SANS, 8, QUIET)
    paper.write_line(address.partition("/verify/")[0] + "/verify/", height=5)
    paper.ln(3)
    paper.use(SERIF, 13)
    paper.write_line(said["issuer"], align="R")
    paper.use(SANS, 10, QUIET)
    paper.write_line(said["issued"], align="R")
    paper.set_left_margin(20)
    paper.set_y(271)
    paper.use(SANS, 7.5, QUIET)
    paper.write_line(
        both(lambda: gettext("Free of charge. No ID number stands on it."), " · "), align="C", height=4
    )


def _list(paper: Paper, certificate: Certificate, told: Callable[[int], object]) -> None:
    services = [Service.from_json(row) for row in certificate.services]
    for number, service in enumerate(services):
        what, where = _words_of(service)
        height = _height_of(paper, what, where, service)
        if number == 0 or paper.get_y() + height > 280:
            _list_head(paper, certificate)
        _line(paper, service, what, where, height)
        if (number + 1) % TOLD_EVERY == 0:
            told(number + 1)


def _words_of(service: Service) -> tuple[str, str]:
    what = f"{service.name}：{service.content}" if service.content else service.name
    with override(LANGUAGES[0]):
        return what, f"{service.place} · {Grade(service.grade).label}"


def _height_of(paper: Paper, what: str, where: str, service: Service) -> float:
    def lines(text: str, width: float, size: float) -> int:
        paper.use(SANS, size)
        folded = paper.multi_cell(width, 4, drawable(text), dry_run=True, output=MethodReturnValue.LINES)
        return len(folded) if isinstance(folded, list) else 1

    in_middle = lines(what, COLUMNS[1], 9) * 4.6 + lines(where, COLUMNS[1], 8) * 4.2
    return max(in_middle, lines(service.unit, COLUMNS[2], 8) * 4.2, 9) + 3


def _list_head(paper: Paper, certificate: Certificate) -> None:
    paper.add_page()
    paper.set_y(16)
    paper.use(SERIF, 14)
    paper.write_line(both(lambda: gettext("List of services")))
    paper.use(SANS, 8, QUIET)
    paper.write_line(f"{certificate.shown_serial}  ·  {paper.page_no()}", height=5)
    paper.ln(2)
    words = (
        lambda: gettext("Time"),
        lambda: gettext("Content and place"),
        lambda: gettext("Recorded by"),
        lambda: gettext("Length"),
    )
    for label, width in zip(words, COLUMNS, strict=True):
        paper.cell(width, 6, both(label, " "), new_x=XPos.RIGHT, new_y=YPos.TOP)
    paper.ln(7)


def _line(paper: Paper, service: Service, what: str, where: str, height: float) -> None:
    top, left = paper.get_y(), paper.l_margin
    paper.set_draw_color(*RULE)
    paper.set_line_width(0.2)
    paper.line(left, top, paper.w - paper.r_margin, top)

    def block(column: int, text: str, size: float, line: float, y: float) -> float:
        paper.set_xy(left + sum(COLUMNS[:column]), y)
        paper.use(SANS, size, INK if size > 8.5 else QUIET)
        paper.multi_cell(
            COLUMNS[column] - 2, line, drawable(text), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT
        )
        return float(paper.get_y())

    begins, ends = timezone.localtime(service.starts_at), timezone.localtime(service.ends_at)
    block(0, f"{begins:%Y-%m-%d}", 9, 4.6, block_top := top + 1.5)
    block(0, _span(begins, ends), 8, 4.2, block_top + 4.6)
    block(1, where, 8, 4.2, block(1, what, 9, 4.6, block_top))
    block(2, service.unit, 8, 4.2, block_top)
    block(3, f"{service.minutes // 60}:{service.minutes % 60:02d}", 9, 4.6, block_top)
    paper.set_xy(left, top + height)


def _span(begins: datetime, ends: datetime) -> str:
    last_day: date = ends.date()
    return (
        f"{begins:%H:%M}–{ends:%H:%M}" if begins.date() == last_day else f"{begins:%H:%M}–{ends:%m-%d %H:%M}"
    )
