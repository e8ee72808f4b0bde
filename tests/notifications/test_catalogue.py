import re

import pytest
from django.utils import translation

from notifications.catalogue import KINDS, message_of, true_ones
from notifications.models import Notification

EXAMPLE = {
    "title": "50% 折扣讲座",
    "typed": "50% 讲座",
    "place": "测试花园",
    "starts_at": "2031-03-04T14:00:00+08:00",
    "ends_at": "2031-03-04T16:00:00+08:00",
    "answer_by": "2031-03-03T12:00:00+08:00",
    "minutes": 90,
    "stars": 5,
    "studio": "法律工作室",
    "organisation": "某单位",
    "person": "某人",
    "reason": "下雨",
    "answer": "已改正",
    "level": 3,
    "until": "2031-03-10",
    "serial": "7K2M-9QX4-0000-0000",
    "what": ["place", "lon", "starts_at", "risks"],
}


def shown(kind, language, params=EXAMPLE, **options):
    with translation.override(language):
        return message_of(Notification(kind=kind, params=params), **options)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_well_in_every_language(kind, language):
    message = shown(kind, language)
    text = message.subject + message.body + message.action
    assert message.subject
    assert "%(" not in text
    assert len(message.subject) <= 90
    assert bool(re.search("[\u4e00-\u9fff]", message.action)) == (language != "en")


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_an_older_release_that_lacks_a_word_can_still_be_read(kind):
    assert shown(kind, "zh-hans", {}).subject


def test_times_hours_and_changes_are_said_in_words():
    assert shown("offer", "en").subject == "Can you help? 50% 折扣讲座, Tue 4 Mar 2031 14:00–16:00"
    assert shown("hours", "en").subject == "1.5 hours recorded: 50% 折扣讲座"
    assert "What changed: place, time, something else." in shown("activity-changed", "en").body


def test_the_icons_are_there(settings):
    sprite = (settings.SITE / "static" / "icons.svg").read_text()
    for kind in KINDS.values():
        assert f'id="{kind.icon}"' in sprite


@pytest.mark.django_db
def test_whether_messages_still_hold_takes_one_query_a_kind(django_assert_num_queries):
    kinds = ["offer", "studio-offer", "please-review", "hours", "signed-up"] * 6
    rows = [
        Notification(pk=number, kind=kind, params={"offer": number, "assignment": number, "sign_up": number})
        for number, kind in enumerate(kinds, 1)
    ]
    with django_assert_num_queries(3):
        held = true_ones(rows)
    assert held == {row.pk for row in rows if row.kind == "hours"}
