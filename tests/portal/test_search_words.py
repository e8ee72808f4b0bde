"""Text as words: what is kept and what is asked are cut alike, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.showing import marked
from portal.search.wishes import Synonyms, wanted
from portal.search.words import folded, vector_of

NONE = Synonyms([])


def test_width_case_and_traditional_characters_read_alike():
    assert folded("ＡＢＣ 華山路義診") == "abc 华山路义诊"


def test_a_text_is_cut_into_words_and_keeps_its_characters_with_the_lowest_weight():
    vector = vector_of(a="上门修理水管", b="电器维修")
    assert "'水管':3A" in vector
    assert "'电器维修':6B" in vector
    assert "'理水'" in vector.split()


@pytest.mark.parametrize("nothing", ["", "   ", "😀😀", "' | !( & :*", "\\\\", "\0", "___", "，。！"])
def test_what_holds_no_word_asks_for_nothing(nothing):
    assert wanted(nothing, NONE) is None


def test_a_very_long_text_is_cut():
    query = wanted("长" * 10_000, NONE)
    assert len(query.exact) < 3000


def test_the_last_word_may_be_unfinished():
    exact = wanted("legal adv", NONE).exact
    assert "'legal':*" in exact
    assert "'adv':*" in exact


@given(st.text(max_size=300))
def test_whatever_was_typed_marking_loses_no_character_and_adds_no_tag(text):
    shown = str(marked(text, ("a", "<", "修")))
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "").replace("&lt;", "")


def test_what_was_found_is_marked_and_everything_else_escaped():
    assert marked("修<b>水管</b>", ("水管",)) == "修&lt;b&gt;<mark>水管</mark>&lt;/b&gt;"


def test_a_traditional_title_is_marked_by_a_simplified_term():
    assert marked("華山義診", ("义诊",)) == "華山<mark>義診</mark>"
