"""The pages of certificates: ask, wait, fetch, revoke; and nobody else's."""

import pytest

from activities import services
from activities.models import Certificate
from activities.tasks import make_certificate


@pytest.fixture
def certificate(volunteer, give_hours):
    give_hours(volunteer, 90)
    asked = services.ask_for_certificate(volunteer=volunteer, starts_on=None, ends_on=None, by=volunteer.user)
    make_certificate(asked.pk)
    asked.refresh_from_db()
    return asked


def test_asking_leads_to_a_page_that_shows_how_far_it_is(signed_in, volunteer, give_hours):
    give_hours(volunteer, 90)
    client = signed_in(volunteer.user)
    key = client.get("/activities/certificates/ask/").context["form"]["submission_key"].value()
    for _ in range(2):
        response = client.post("/activities/certificates/ask/", {"span": "all", "submission_key": str(key)})
    asked = Certificate.objects.get()
    assert response.url == f"/activities/certificates/{asked.pk}/"
    assert "waiting for its turn" in client.get(response.url).content.decode()
    make_certificate(asked.pk)
    assert "Open the PDF" in client.get(response.url).content.decode()
    paper = client.get(f"/activities/certificates/{asked.pk}/paper.pdf")
    assert paper.content.startswith(b"%PDF")
    assert paper["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"span": "days"}, "Choose the first day"),
        ({"span": "days", "starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "lies before the first"),
        ({"span": "days", "starts_on": "1990-01-01", "ends_on": "1990-12-31"}, "No hours are on record"),
    ],
)
def test_what_cannot_be_certified_is_said(signed_in, volunteer, typed, said):
    client = signed_in(volunteer.user)
    key = client.get("/activities/certificates/ask/").context["form"]["submission_key"].value()
    page = client.post("/activities/certificates/ask/", typed | {"submission_key": str(key)})
    assert said in page.content.decode()


def test_it_is_not_there_for_others(signed_in, client, certificate, other_volunteer, worker):
    for path in ("", "paper.pdf"):
        address = f"/activities/certificates/{certificate.pk}/{path}"
        assert client.get(address).status_code == 302
    for user in (other_volunteer.user, worker):
        for path in ("", "paper.pdf"):
            address = f"/activities/certificates/{certificate.pk}/{path}"
            assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(f"/activities/certificates/{certificate.pk}/revoke/").status_code == 404


def test_the_centre_revokes_it_with_a_reason(signed_in, certificate, centre_user):
    client, address = signed_in(centre_user), f"/activities/certificates/{certificate.pk}/"
    client.post(f"{address}revoke/", {"reason": " "})
    certificate.refresh_from_db()
    assert certificate.is_valid
    client.post(f"{address}revoke/", {"reason": "冒名"})
    assert "冒名" in client.get(address).content.decode()


def test_the_own_page_takes_the_same_queries_however_many(
    signed_in, certificate, django_assert_max_num_queries
):
    client = signed_in(certificate.volunteer.user)
    client.get("/activities/record/")
    with django_assert_max_num_queries(20):
        client.get("/activities/record/")


def test_the_centre_comes_from_the_number_to_the_page_that_revokes_it(
    signed_in, client, certificate, centre_user
):
    check, page = f"/verify/?number={certificate.serial}", f"/activities/certificates/{certificate.pk}/"
    assert page not in client.get(check).content.decode()
    assert page in signed_in(centre_user).get(check).content.decode()
