"""What a recruitment must state: safeguards, insurance where there is risk, ages, a contact that can stay private."""

from datetime import date

import pytest
from django.urls import reverse

from activities import services
from activities.models import Activity
from core.errors import DomainError

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"safeguards": []}, "no_safeguards"),
        ({"safeguards": ["05"], "risk_level": 2}, "not_insured"),
        ({"safeguards": ["05"], "risk_level": 2, "insurance": "样本保险 1号"}, None),
        ({"safeguards": ["05"], "risk_level": 1}, None),
    ],
)
def test_nothing_is_sent_to_the_centre_that_looks_after_nobody(
    make_activity, make_shift, worker, fields, code
):
    activity = make_activity(status=Activity.Status.DRAFT, **fields)
    if code:
        assert refused(lambda: services.send_for_review(activity=activity, by=worker)) == code
    else:
        assert services.send_for_review(activity=activity, by=worker).status == "review"


def test_a_highest_age_is_looked_at(make_activity, make_shift, make_volunteer):
    shift = make_shift(make_activity(maximum_age=60))
    old = make_volunteer("年长甲", born_on=date(1940, 1, 1))
    assert refused(lambda: services.sign_up(shift=shift, volunteer=old, by=old.user)) == "too_old"


def test_a_private_contact_is_for_those_who_come(
    client, make_activity, make_shift, volunteer, other_volunteer
):
    shift = make_shift(make_activity(contact_name="联系人丙", contact_phone="10000011111"))
    url = reverse("activities:activity", args=[shift.activity_id])
    services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    client.force_login(volunteer.user)
    assert "10000011111" in client.get(url).content.decode()
    client.force_login(other_volunteer.user)
    assert "10000011111" not in client.get(url).content.decode()
    Activity.objects.update(contact_is_public=True)
    assert "10000011111" in client.get(url).content.decode()
