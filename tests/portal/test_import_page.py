"""A list by the page: uploaded, checked, confirmed, imported; each step once, whatever is clicked twice."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Volunteer
from portal.intake.tables import MOST_BYTES, read_table
from portal.models import RosterUpload
from portal.tasks import content_of, sweep_uploads, work_on_upload

pytestmark = pytest.mark.django_db
LIST = "姓名,手机号,居委会\n甲一,10000090001,华一居委会\n甲二,,华一居委会\n=甲三,12,华一居委会\n".encode(
    "gb18030"
)


@pytest.fixture
def centre(signed_in, centre_user):
    User.objects.filter(pk=centre_user.pk).update(language="en")
    return signed_in(centre_user)


def upload(client, content=LIST, key=None, **fields):
    file = SimpleUploadedFile("名册.csv", content)
    return client.post(
        reverse("portal:imports"),
        {"file": file, "submission_key": key or uuid.uuid4(), **fields},
        follow=True,
    )


def test_nothing_is_written_before_the_centre_confirms(centre):
    page = upload(centre).content.decode()
    assert "The list is being checked" in page
    kept = RosterUpload.objects.get()
    assert "甲一".encode("gb18030") not in bytes(kept.content)
    work_on_upload(kept.pk)
    assert not Volunteer.objects.exists()
    page = centre.get(reverse("portal:import", args=[kept.pk])).content.decode()
    assert "Take 1 row in?" in page
    assert "must be filled" in page or "phone number" in page

    page = centre.post(reverse("portal:import_confirm", args=[kept.pk]), follow=True).content.decode()
    assert "The list is being imported" in page
    work_on_upload(kept.pk)
    assert Volunteer.objects.get().user.name == "甲一"
    kept.refresh_from_db()
    assert kept.status == RosterUpload.Status.DONE
    assert not kept.content
    assert "The good rows are in" in centre.get(reverse("portal:import", args=[kept.pk])).content.decode()


def test_a_second_click_and_a_second_worker_change_nothing(centre):
    key = uuid.uuid4()
    upload(centre, key=key)
    upload(centre, key=key)
    kept = RosterUpload.objects.get()
    for _ in range(2):
        work_on_upload(kept.pk)
    confirm = reverse("portal:import_confirm", args=[kept.pk])
    centre.post(confirm)
    assert centre.post(confirm, follow=True).status_code == 200
    for _ in range(2):
        work_on_upload(kept.pk)
    assert Volunteer.objects.count() == 1


def test_the_rows_to_mend_come_back_without_a_formula(centre):
    upload(centre)
    kept = RosterUpload.objects.get()
    work_on_upload(kept.pk)
    response = centre.get(reverse("portal:import_mend", args=[kept.pk]))
    assert "attachment" in response["Content-Disposition"]
    assert "'=甲三" in response.content.decode("gb18030")
    rows = read_table(response.content).rows
    assert [row[0] for row in rows] == ["姓名", "甲二", "=甲三"]
    assert rows[0][-1] == "What to mend"


def test_a_file_that_is_no_list_is_told_so(centre):
    upload(centre, content=b"\x89PNG\0\0\0")
    kept = RosterUpload.objects.get()
    work_on_upload(kept.pk)
    page = centre.get(reverse("portal:import", args=[kept.pk])).content.decode()
    assert "This is no list that can be read." in page
    kept.refresh_from_db()
    assert not kept.content


def test_a_file_that_is_too_large_is_refused_at_the_form(centre):
    page = upload(centre, content=b"a" * (MOST_BYTES + 1)).content.decode()
    assert "too large" in page
    assert not RosterUpload.objects.exists()


def test_an_upload_belongs_to_who_brought_it(centre, client, make_user, district, worker):
    upload(centre)
    kept = RosterUpload.objects.get()
    other = make_user("中心乙")
    other.roles.create(kind="centre", division=district)
    for user in (other, worker):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("portal:import", "portal:import_mend"):
            assert client.get(reverse(name, args=[kept.pk])).status_code == 404
        assert client.post(reverse("portal:import_confirm", args=[kept.pk])).status_code == 404


def test_a_list_whose_worker_died_goes_on_and_old_files_are_emptied(centre):
    upload(centre)
    kept = RosterUpload.objects.get()
    sweep_uploads()
    kept.refresh_from_db()
    assert kept.status == RosterUpload.Status.CHECKING
    RosterUpload.objects.update(changed_at=timezone.now() - timedelta(minutes=3))
    sweep_uploads()
    kept.refresh_from_db()
    assert kept.status == RosterUpload.Status.CHECKED
    assert content_of(kept) == LIST
    RosterUpload.objects.update(changed_at=timezone.now() - timedelta(days=8))
    sweep_uploads()
    kept.refresh_from_db()
    assert not kept.content
    assert not kept.to_mend
    assert centre.get(reverse("portal:import", args=[kept.pk])).status_code == 200


@pytest.mark.parametrize("roster", ["volunteers", "studios", "households", "needs"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_templates_can_be_downloaded(centre, roster, suffix):
    response = centre.get(reverse("portal:import_template", args=[roster, suffix]))
    assert response.status_code == 200
    assert read_table(response.content).rows
    assert centre.get(f"/centre/import/template/{roster}.exe").status_code == 404
    assert centre.get(f"/centre/import/template/users.{suffix}").status_code == 404
