"""Codes become sentences, in both languages; nothing that the engine says is left without words."""

import typing

import pytest
from django.utils import translation

from matching.checks import TO_BE_ASKED
from matching.engine.explain import WhyCode
from matching.models import Assignment, Offer, ServiceRequest
from matching.states import ASSIGNMENT_MOVES, OFFER_MOVES, REQUEST_MOVES
from matching.studios import STUDIO_CHECKS
from matching.words import REASONS, slot_word, what_would_help, why, why_returned

PARAMS = {
    "metres": 1500,
    "skills": [8],
    "slots": [3],
    "visits": 3,
    "percent": 80,
    "days": 30,
    "hours": 2,
    "count": 4,
}


def test_every_reason_of_the_engine_has_words():
    assert set(typing.get_args(WhyCode)) <= set(REASONS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", sorted(set(REASONS) - {"studio_offers"}))
def test_a_reason_is_a_sentence_in_the_readers_language(language, code):
    with translation.override(language):
        [said] = why(Offer(reasons=[{"code": code, **PARAMS}]))
        assert said
        assert "%" not in said.replace("80%", "")
        is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in said)
        assert is_chinese == (language == "zh-hans")


def test_a_code_of_another_version_is_left_out():
    assert why(Offer(reasons=[{"code": "telepathy"}, {"code": "free_in_slot"}]))[1:] == []


def test_the_worker_reads_the_counts_and_what_would_help():
    need = ServiceRequest(
        skills=["09"],
        returned_because={
            "cause": "nobody",
            "able": 12,
            "excluded": {"free": 7, "budget": 5},
            "studios": {"capacity": 1},
            "declined": 2,
            "silent": 1,
            "slot": 16,
            "free_in_slot": 6,
        },
    )
    with translation.override("en"):
        assert why_returned(need) == [
            "12 have the skill: Electrical repairs",
            "7 are not free then",
            "5 have been asked enough this week",
            "2 said no",
            "1 did not answer",
            "1 studio has no room that week",
        ]
        assert what_would_help(need)[0] == "On Saturday morning 6 of them are free: another time would help."
        assert len(what_would_help(need)) == 3
    with translation.override("zh-hans"):
        assert why_returned(need)[0] == "12 人具备技能：电器维修"
        assert slot_word(16) == "周六上午" or slot_word(16).startswith("星期六")


@pytest.mark.parametrize("check", STUDIO_CHECKS, ids=lambda check: check.code)
def test_every_limit_of_a_studio_has_words(check):
    assert "3" in str(check.counted % {"count": 3})


def test_codes_of_limits_are_unique():
    codes = [check.code for check in (*TO_BE_ASKED, *STUDIO_CHECKS)]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("moves", "status"),
    [
        (REQUEST_MOVES, ServiceRequest.Status),
        (OFFER_MOVES, Offer.Status),
        (ASSIGNMENT_MOVES, Assignment.Status),
    ],
)
def test_the_tables_of_moves_know_only_states_that_exist_and_no_move_onto_itself(moves, status):
    for before, afters in moves.items():
        assert before in status.values
        assert set(afters) <= set(status.values)
        assert before not in afters


def test_a_skill_that_nobody_has_is_said_so():
    need = ServiceRequest(skills=["17"], returned_because={"cause": "nobody", "able": 0})
    with translation.override("en"):
        assert why_returned(need) == ["Nobody has the skill: Music"]
