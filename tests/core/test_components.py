"""Components: forms that speak to screen readers, lists that keep their filters, statuses with a tone."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from core.errors import DomainError
from core.slots import to_mask
from core.templatetags.ui import tone_of
from core.widgets import Chips, RadioChips, SlotsField


class SignUp(forms.Form):
    name = forms.CharField(help_text="As your neighbours know you.")
    skills = forms.MultipleChoiceField(
        choices=[("01", "First aid"), ("09", "Repairs")], widget=Chips, required=False
    )
    how = forms.ChoiceField(choices=[("here", "Here"), ("away", "Away")], widget=RadioChips)
    agreed = forms.BooleanField(help_text="You can take this back.")
    slots = SlotsField()
    key = forms.CharField(widget=forms.HiddenInput, initial="k1")


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def draw(source, **context):
    return Template(source).render(Context(context))


def test_a_field_is_tied_to_its_label_its_help_and_its_error():
    page = draw("{{ form }}", form=SignUp({"name": ""}))
    assert re.search(r'<label for="id_name">\s*Name', page)
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    page = draw("{{ form }}", form=SignUp({"name": "Lin"}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_how_error"[^>]*>\s*<legend>How', page)
    assert page.count('class="chip"') == 4


def test_only_what_may_stay_empty_is_marked():
    page = draw("{{ form }}", form=SignUp())
    assert re.findall(r'<legend>([\w ]+)<span class="optional">', page) == [
        "Skills",
        "When you usually have time",
    ]
    assert "optional" not in draw("{{ form.name.as_field_group }}", form=SignUp())


def test_every_error_is_listed_first_with_a_link_to_its_field():
    form = SignUp({"name": "", "how": "here", "agreed": "on"})
    form.is_valid()
    form.add_error(None, "The shift is full.")
    page = draw("{{ form }}", form=form)
    summary = page[page.index("error-summary") : page.index("</ul>")]
    assert 'href="#id_name"' in summary
    assert "The shift is full." in summary
    assert page.index("error-summary") < page.index('<label for="id_name"')


def test_a_form_without_errors_has_no_summary_and_keeps_its_hidden_fields():
    page = draw("{{ form }}", form=SignUp())
    assert "error-summary" not in page
    assert '<input type="hidden" name="key" value="k1"' in page


def test_a_form_keeps_what_was_typed():
    page = draw("{{ form }}", form=SignUp(QueryDict("name=Lin&skills=09&slots=1&slots=24")))
    assert 'value="Lin"' in page
    assert re.search(r'value="09"[^>]* checked', page)
    assert re.findall(r'name="slots" value="(\d+)"[^>]* checked', page) == ["1", "24"]


def test_the_week_is_typed_as_boxes_and_kept_as_one_number():
    form = SignUp(QueryDict("name=Lin&how=here&agreed=on&key=k1&slots=1&slots=5&slots=24"))
    assert form.is_valid()
    assert form.cleaned_data["slots"] == to_mask([1, 5, 24])
    again = draw(
        "{{ form.slots.as_field_group }}", form=SignUp(initial={"slots": form.cleaned_data["slots"]})
    )
    assert re.findall(r'value="(\d+)"[^>]* checked', again) == ["1", "5", "24"]
    assert again.count('type="checkbox"') == 24
    assert 'aria-label="Monday morning"' in again


def test_a_slot_that_does_not_exist_is_refused():
    form = SignUp(QueryDict("name=Lin&how=here&agreed=on&key=k1&slots=25"))
    assert not form.is_valid()
    assert "slots" in form.errors


def test_turning_the_page_keeps_the_other_filters():
    request = RequestFactory().get("/activities/?kind=0001&page=2")
    page = Paginator(range(50), 10).page(2)
    drawn = draw("{% pagination page %}", request=request, page=page)
    assert re.findall(r'<a [^>]*href="([^"]+)"', drawn) == ["?kind=0001&amp;page=1", "?kind=0001&amp;page=3"]


def test_one_page_needs_no_page_turning():
    assert draw("{% pagination page %}", page=Paginator(range(5), 10).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("code", "tone"),
    [
        ("verified", "good"),
        ("on-my-way", "info"),
        ("ON_MY_WAY", "info"),
        ("urgent", "bad"),
        ("never-heard-of", "quiet"),
    ],
)
def test_a_status_has_a_tone_and_an_unknown_one_is_quiet(code, tone):
    assert tone_of(code) == tone


def test_a_refusal_says_why_and_what_helps():
    error = DomainError("full", "All %(n)d places are taken.", help="Join the waiting list.", params={"n": 5})
    page = draw("{% refusal error %}", error=error)
    assert "All 5 places are taken." in page
    assert "Join the waiting list." in page
    assert 'role="alert"' in page


def test_what_people_typed_is_escaped_in_every_component():
    evil = "<b>x</b>"
    page = draw(
        "{% badge evil evil %}{% avatar evil %}{% progress 1 2 evil %}{% empty evil evil %}{% alert 'bad' evil evil %}",
        evil=evil,
    )
    assert "<b>" not in page


def test_the_steps_of_a_form_say_where_one_is():
    page = draw("{% steps labels 2 %}", labels=["You", "Skills", "Check"])
    assert 'aria-label="Step 2 of 3"' in page
    assert re.search(r'aria-current="step"[^>]*><span>Skills', page)
