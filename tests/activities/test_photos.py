"""The photo of an activity: drawn anew, said in words, and no longer changed once the centre has looked at it."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from activities.models import Activity, ActivityPhoto
from activities.services.copying import copy_activity
from activities.services.photos import put_photo
from core.errors import DomainError
from core.pictures import SIDE

pytestmark = pytest.mark.django_db

ALT = "两位志愿者在花坛边浇水"


def picture(size=(2400, 1200), kind="JPEG"):
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", size, "green").save(file, kind, exif=exif)
    return file.getvalue()


def put(activity, by, content=None):
    content = content or picture()
    return put_photo(activity=activity, file=io.BytesIO(content), size=len(content), alt=ALT, by=by)


def sent(content=None, name="x.exe", **changed):
    upload = SimpleUploadedFile(name, content or picture(), "application/octet-stream")
    return {"photo": upload, "alt": ALT} | changed


@pytest.fixture
def draft(make_activity, make_shift):
    return make_shift(make_activity(status=Activity.Status.DRAFT)).activity


def url(name, activity):
    return reverse(f"activities:{name}", args=[activity.pk])


def test_a_photo_is_on_the_page_and_nothing_but_its_pixels_is_kept(signed_in, draft, worker):
    client = signed_in(worker)
    assert url("photo", draft) in client.get(url("activity", draft)).content.decode()
    client.post(url("photo", draft), sent())
    photo = ActivityPhoto.objects.get()
    assert (photo.width, photo.height, photo.put_by) == (SIDE, SIDE // 2, worker)
    page = client.get(url("activity", draft)).content.decode()
    assert photo.address in page
    assert f'alt="{ALT}"' in page
    answer = client.get(photo.address)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert b"secret" not in answer.content


def test_another_photo_takes_its_place_under_another_address(draft, worker):
    first, second = put(draft, worker), put(draft, worker, picture(size=(300, 200), kind="PNG"))
    assert first.address != second.address
    assert ActivityPhoto.objects.get().width == 300


def test_a_photo_is_removed_twice_without_harm(signed_in, draft, worker):
    put(draft, worker)
    client = signed_in(worker)
    for _click in range(2):
        assert client.post(url("photo", draft), {"act": "remove"}).status_code == 302
    assert not ActivityPhoto.objects.exists()
    assert client.get(url("photo_file", draft)).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload='x'/>", "not_a_picture"),
        (picture(kind="GIF"), "not_a_picture"),
        (b"\xff\xd8\xff" + b"0" * 5 * 1024 * 1024, "picture_too_large"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(signed_in, draft, worker, content, code):
    page = signed_in(worker).post(url("photo", draft), sent(content, name="photo.jpg"))
    assert page.context["refusal"].code == code
    assert ALT in page.content.decode()
    assert not ActivityPhoto.objects.exists()


def test_a_photo_without_words_is_asked_for_them(signed_in, draft, worker):
    page = signed_in(worker).post(url("photo", draft), sent(alt="  "))
    assert page.context["form"].errors.keys() == {"alt"}


def test_others_find_no_page_and_no_photo_of_a_draft(signed_in, client, draft, worker, volunteer):
    put(draft, worker)
    assert client.get(url("photo_file", draft)).status_code == 404
    stranger = signed_in(volunteer.user)
    assert stranger.get(url("photo_file", draft)).status_code == 404
    assert stranger.get(url("photo", draft)).status_code == 404
    Activity.objects.update(status=Activity.Status.RECRUITING)
    assert stranger.get(url("photo_file", draft)).status_code == 200


def test_what_the_centre_has_seen_stays_for_who_is_not_staff(
    signed_in, make_activity, make_shift, make_studio, worker
):
    studio = make_studio()
    activity = make_shift(make_activity(studio=studio, organisation=None)).activity
    with pytest.raises(DomainError) as refusal:
        put(activity, studio.lead)
    assert refusal.value.code == "checked_already"
    client = signed_in(studio.lead)
    assert url("photo", activity) not in client.get(url("activity", activity)).content.decode()
    assert client.get(url("photo", activity)).status_code == 404
    assert put(activity, worker)


def test_a_copy_has_the_photo_too(draft, worker):
    put(draft, worker)
    copy = copy_activity(activity=draft, first_on=timezone.localdate() + timedelta(days=9), by=worker)
    assert copy.photo.digest == draft.photo.digest
    assert ActivityPhoto.objects.count() == 2
