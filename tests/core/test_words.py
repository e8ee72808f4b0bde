"""Times, hours and distances in the reader's words, in both languages."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from core import catalogues
from core.templatetags import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)  # a Tuesday


@pytest.fixture(autouse=True, scope="module")
def compiled_words():
    for catalogue in catalogues.catalogues():
        catalogues.compile_catalogue(catalogue)


def at(day, hour, month=11, year=2026):
    return datetime(year, month, day, hour, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end", "chinese", "english"),
    [
        (at(24, 14), at(24, 16), "今天 14:00–16:00", "Today 14:00–16:00"),
        (at(25, 9), at(25, 11), "明天 09:00–11:00", "Tomorrow 09:00–11:00"),
        (at(23, 9), at(23, 11), "昨天 09:00–11:00", "Yesterday 09:00–11:00"),
        (at(26, 14), at(26, 16), "周四 14:00–16:00", "Thu 14:00–16:00"),
        (at(30, 14), at(30, 16), "11月30日 周一 14:00–16:00", "Mon 30 Nov 14:00–16:00"),
        (
            at(3, 9, 1, 2027),
            at(3, 10, 1, 2027),
            "2027年1月3日 周日 09:00–10:00",
            "Sun 3 Jan 2027 09:00–10:00",
        ),
        (at(26, 22), at(27, 6), "周四 22:00 – 周五 06:00", "Thu 22:00 – Fri 06:00"),
        (at(26, 14), None, "周四 14:00", "Thu 14:00"),
    ],
)
def test_a_period_is_said_as_people_say_it(start, end, chinese, english):
    with override("zh-hans"):
        assert words.period(start, end, now=NOW) == chinese
    with override("en"):
        assert words.period(start, end, now=NOW) == english


def test_a_moment_in_another_zone_is_shown_in_the_site_s_zone():
    with override("en"):
        assert (
            words.period(datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("UTC")), now=NOW) == "Tomorrow 04:00"
        )


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "刚刚", "just now"),
        (1, "1 分钟前", "1 minute ago"),
        (59, "59 分钟前", "59 minutes ago"),
        (60, "1 小时前", "1 hour ago"),
        (23 * 60, "23 小时前", "23 hours ago"),
        (25 * 60, "昨天 09:00", "Yesterday 09:00"),
    ],
)
def test_how_long_ago_a_moment_is(minutes, chinese, english):
    with override("zh-hans"):
        assert words.ago(NOW - timedelta(minutes=minutes), NOW) == chinese
    with override("en"):
        assert words.ago(NOW - timedelta(minutes=minutes), NOW) == english


@pytest.mark.parametrize(
    ("minutes", "step", "figure"),
    [(0, 30, "0"), (14, 30, "0"), (15, 30, "0.5"), (44, 30, "0.5"), (45, 30, "1"), (90, 30, "1.5"), (600, 30, "10"),
     (50, 15, "0.75"), (100, 1, "1.67"), (-90, 30, "-1.5"), (6000, 60, "100")],
)  # fmt: skip
def test_minutes_become_hours_in_the_steps_of_the_rule(minutes, step, figure):
    assert words.hours_figure(minutes, step) == figure


def test_one_hour_is_not_hours():
    with override("en"):
        assert [words.hours(minutes) for minutes in (30, 60, 90)] == ["0.5 hours", "1 hour", "1.5 hours"]
    with override("zh-hans"):
        assert words.hours(90) == "1.5 小时"


@pytest.mark.parametrize(
    ("metres", "chinese", "english"),
    [(500, "约 500 米", "about 500 m"), (1500, "约 1.5 公里", "about 1.5 km"), (3000, "约 3 公里", "about 3 km"),
     (12, "约 100 米", "about 100 m")],
)  # fmt: skip
def test_a_distance_is_rough(metres, chinese, english):
    with override("zh-hans"):
        assert words.distance(metres) == chinese
    with override("en"):
        assert words.distance(metres) == english


def test_templates_say_nothing_for_nothing():
    page = Template(
        "{{ none|when }}|{% when none %}|{{ none|ago }}|{{ none|day }}|{{ none|distance }}|{{ none|hours_figure }}"
    )
    assert page.render(Context({"none": None})) == "|||||0"


def test_a_template_takes_a_thing_with_both_ends():
    start = timezone.localtime() + timedelta(days=1)
    shift = SimpleNamespace(starts_at=start, ends_at=start)
    with override("en"):
        page = Template("{{ shift|when }}|{{ day|day }}").render(
            Context({"shift": shift, "day": date.today()})
        )
    assert page == f"Tomorrow {start:%H:%M}–{start:%H:%M}|Today"
