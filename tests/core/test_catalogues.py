"""The words: collected completely, translated completely, and none of them in code."""

import shutil

import polib
import pytest
from django.utils.translation import gettext, ngettext, override

from core import catalogues
from core.catalogues import Catalogue, Key

ALL = {catalogue.name: catalogue for catalogue in catalogues.catalogues()}


@pytest.fixture
def small(tmp_path):
    """A catalogue over one folder with a module and a template."""
    source = tmp_path / "shop"
    source.mkdir()
    (source / "words.py").write_text(
        "from x import gettext_lazy as _, pgettext, ngettext\n"
        'a = _("Plain"\n      " and joined")\n'
        'b = pgettext("verb", "Open")\n'
        'c = ngettext("%(n)d place", "%(n)d places", 2)\n'
    )
    (source / "page.html").write_text(
        "{% load i18n %}{% translate 'In the page' %}{% translate \"With context\" context 'menu' %}\n"
        '{% alert "warn" _("In a tag") %}{{ value|default:_("In a filter") }}\n'
        "{% blocktranslate trimmed count n=n %}\n  One of {{ n }}\n  left\n{% plural %}\n  Some of {{ n }} left, 100%\n"
        "{% endblocktranslate %}{# {% translate 'Not this' %} #}\n"
    )
    return Catalogue("small", tmp_path / "locale", (source,))


@pytest.mark.parametrize("name", ALL)
def test_every_word_is_translated_and_no_entry_is_stale(name):
    assert catalogues.problems_of(ALL[name]) == []


def test_no_two_catalogues_say_one_word_differently():
    assert catalogues.contradictions(ALL.values()) == []


@pytest.mark.parametrize("name", ALL)
def test_no_chinese_stands_in_code_or_templates(name):
    assert catalogues.stray_chinese(ALL[name].sources) == []


def test_words_are_found_in_every_place_where_they_may_stand(small):
    found = catalogues.words_of(small)
    assert set(found) == {
        Key("Plain and joined"),
        Key("Open", "verb"),
        Key("%(n)d place"),
        Key("In the page"),
        Key("With context", "menu"),
        Key("In a tag"),
        Key("In a filter"),
        Key("One of %(n)s left"),
    }
    assert found[Key("%(n)d place")].plural == "%(n)d places"
    assert found[Key("One of %(n)s left")].plural == "Some of %(n)s left, 100%%"


def test_collecting_again_keeps_translations_and_drops_what_vanished(small):
    words = catalogues.collect(small)
    next(e for e in words if e.msgid == "In the page").msgstr = "在页面里"
    words.append(polib.POEntry(msgid="Gone", msgstr="没了"))
    words.save(str(small.written))

    again = catalogues.collect(small)
    assert next(e for e in again if e.msgid == "In the page").msgstr == "在页面里"
    assert "Gone" not in [e.msgid for e in again]
    text = small.written.read_text()
    catalogues.collect(small)
    assert small.written.read_text() == text
    assert [e.msgid for e in again] == sorted(e.msgid for e in again)


def test_a_lost_placeholder_is_a_problem(small):
    words = catalogues.collect(small)
    for entry in words:
        entry.msgstr, entry.msgstr_plural = (
            ("" if entry.msgid_plural else "好"),
            {0: "好"} if entry.msgid_plural else {},
        )
    words.save(str(small.written))
    said = catalogues.problems_of(small)
    assert len(said) == 2
    assert all("other placeholders" in line for line in said)


def test_a_tag_inside_a_block_is_refused_with_the_name_of_the_file(small):
    page = small.sources[0] / "page.html"
    page.write_text("{% blocktranslate %}A {% url 'x' %}{% endblocktranslate %}")
    with pytest.raises(ValueError, match=r"page\.html"):
        catalogues.words_of(small)


def test_chinese_in_a_string_is_found_and_in_a_docstring_is_not(small):
    module = small.sources[0] / "words.py"
    module.write_text('"""志愿者"""\n# 志愿者\nx = f"{1}志愿者"\ny = "\\u5fd7"\n')
    page = small.sources[0] / "page.html"
    page.write_text("<p>报名</p>{# 活动 #}")
    said = catalogues.stray_chinese(small.sources, root=small.sources[0])
    assert said == ["page.html: <p>报名</p>", 'words.py:3: f"{1}志愿者"']


def test_traditional_chinese_is_made_with_the_exceptions_of_this_site(small):
    words = catalogues.collect(small)
    entry = next(e for e in words if e.msgid == "In the page")
    entry.msgstr = "志愿者在平台后台报名"
    words.save(str(small.written))
    assert catalogues.compile_catalogue(small)
    made = polib.mofile(str(small.compiled(catalogues.MADE)))
    assert next(e for e in made if e.msgid == "In the page").msgstr == "志願者在平台後台報名"
    assert not catalogues.compile_catalogue(small), "nothing changed, so nothing is compiled"
    shutil.rmtree(small.locale / catalogues.MADE)
    assert catalogues.compile_catalogue(small)


def test_the_site_speaks_three_languages():
    for language, sign_out in (("en", "Sign out"), ("zh-hans", "退出登录"), ("zh-hant", "退出登錄")):
        with override(language):
            assert gettext("Sign out") == sign_out
    with override("zh-hans"):
        assert ngettext("%(count)d minute ago", "%(count)d minutes ago", 5) % {"count": 5} == "5 分钟前"
