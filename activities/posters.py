"""The poster of a ranking: one A4 sheet for the wall of the centre."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import RuleSet
from activities.models import RankingRow, RankingSnapshot
from core.papers import INK, QUIET, SANS, SERIF, Colour, Paper
from core.templatetags.words import hours

LINES = (
    20  # places on the poster; those who tie with the last one are on it, too, as far as the sheet reaches
)
MOST_LINES = 24
ACCENT: Colour = (12, 107, 88)
PALE: Colour = (236, 245, 241)
ROW = 8.0  # mm
QR = 28.0


def lines_of(snapshot: RankingSnapshot) -> list[RankingRow]:
    return list(snapshot.rows.filter(place__lte=LINES, position__lte=MOST_LINES))


def poster_of(snapshot: RankingSnapshot, *, rules: RuleSet, address: str) -> bytes:
    """The PDF, in the site's first language; `address` is where its page is, for the QR code."""
    with translation.override(settings.LANGUAGE_CODE):
        paper = Paper(title=str(snapshot), language=settings.LANGUAGE_CODE, margin=18)
        _head(paper, snapshot)
        for number, row in enumerate(lines_of(snapshot)):
            _line(paper, row, rules.rounding_minutes, is_shaded=number % 2 == 0)
        _foot(paper, snapshot, address)
        return paper.finished()


def _head(paper: Paper, snapshot: RankingSnapshot) -> None:
    period = render_to_string(
        "activities/period.html", {"period": snapshot.period, "starts_on": snapshot.period_starts_on}
    ).strip()
    paper.set_fill_color(*ACCENT)
    paper.rect(0, 0, paper.w, 46, style="F")
    paper.set_xy(paper.l_margin, 12)
    paper.use(SERIF, 26, (255, 255, 255))
    paper.write_line(_("Volunteers' ranking of %(place)s") % {"place": snapshot.division.name}, align="C")
    paper.use(SANS, 14, (255, 255, 255))
    paper.write_line(f"{snapshot.get_subject_kind_display()} · {period}", align="C", height=10)
    paper.set_y(54)


def _line(paper: Paper, row: RankingRow, rounding: int, *, is_shaded: bool) -> None:
    top = paper.get_y()
    if is_shaded:
        paper.set_fill_color(*PALE)
        paper.rect(paper.l_margin, top, paper.w - 2 * paper.l_margin, ROW, style="F")
    paper.use(SERIF, 14, ACCENT if row.place <= 3 else INK)
    paper.set_xy(paper.l_margin + 4, top)
    paper.write_line(str(row.place), height=ROW, width=16)
    paper.use(SANS, 12)
    paper.set_xy(paper.l_margin + 24, top)
    paper.write_line(row.shown_name, height=ROW, width=92)
    paper.set_xy(paper.w - paper.r_margin - 54, top)
    paper.write_line(hours(row.minutes, rounding), height=ROW, width=50, align="R")
    paper.set_xy(paper.l_margin, top + ROW)


def _foot(paper: Paper, snapshot: RankingSnapshot, address: str) -> None:
    paper.set_auto_page_break(False)
    top = paper.h - 18 - QR
    paper.qr(address, x=paper.w - paper.r_margin - QR, y=top, size=QR, link=address)
    paper.set_xy(paper.l_margin, top + 3)
    paper.use(SANS, 9.5, QUIET)
    day = timezone.localdate(snapshot.frozen_at).isoformat()
    for sentence in (
        _("Hours as they were recorded on %(day)s, edition %(edition)s; %(lines)s are ranked in all.")
        % {"day": day, "edition": snapshot.edition, "lines": snapshot.people},
        _("A full name stands here only with the person's consent."),
        _("The whole ranking, and how to check that nobody has changed it: scan the code."),
    ):
        paper.write_line(sentence, height=5.6, width=paper.w - 2 * paper.l_margin - QR - 6)
