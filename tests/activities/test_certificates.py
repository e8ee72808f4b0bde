"""Certificates: made once, true, checked by anybody, marked when a service is corrected."""

import json
from datetime import date, timedelta

import pypdfium2
import pytest
from django.utils import timezone

from activities import services
from activities.certificates import address_of
from activities.models import Certificate, CertificatePaper
from activities.tasks import make_certificate, sweep_certificates
from core import verify_certificate
from core.errors import DomainError
from core.signing import published_keys, sign


@pytest.fixture
def certify(give_hours):
    def make(volunteer, **values):
        values = {"starts_on": None, "ends_on": None} | values
        certificate = services.ask_for_certificate(volunteer=volunteer, by=volunteer.user, **values)
        make_certificate(certificate.pk)
        certificate.refresh_from_db()
        return certificate

    return make


@pytest.fixture
def certificate(volunteer, give_hours, certify):
    give_hours(volunteer, 85, days_ago=3, source_kind="shift")
    give_hours(volunteer, 120, days_ago=2)
    return certify(volunteer)


def text_of(certificate):
    pdf = pypdfium2.PdfDocument(bytes(certificate.paper.content))
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def verdict(client, certificate):
    return client.get(f"/verify/{certificate.statement}/").context["verdict"].state


def test_the_paper_says_what_the_law_asks_for(certificate):
    said = text_of(certificate)
    assert certificate.status == Certificate.Status.READY
    for word in ("志愿服务记录证明", "Certificate of volunteer service", "志愿子", certificate.shown_serial):
        assert word in said
    assert "试验" not in said  # no provider was named, so the neighbourhood recorded it
    assert "3:25" not in said
    assert "1:25" in said
    assert "2:00" in said
    assert certificate.minutes == 205


def test_a_service_for_a_household_shows_only_its_kind(certificate):
    assert "测试医院" in text_of(certificate)  # the activity's place
    assert text_of(certificate).count("陪同就诊") == 1  # of the activity, not of the household's need


def test_no_id_number_stands_on_it_or_in_its_code(certificate):
    assert not any(word in text_of(certificate) for word in (certificate.volunteer.user.phone, "@"))
    assert len(certificate.serial) == 16


def test_a_certificate_of_some_days_counts_only_those(volunteer, give_hours, certify):
    give_hours(volunteer, 60, days_ago=40)
    give_hours(volunteer, 30, days_ago=1)
    day = timezone.localdate() - timedelta(days=10)
    assert certify(volunteer, starts_on=day).minutes == 30
    assert certify(volunteer, ends_on=day).minutes == 60


def test_without_hours_there_is_nothing_to_certify(volunteer):
    with pytest.raises(DomainError) as refusal:
        services.ask_for_certificate(volunteer=volunteer, starts_on=None, ends_on=None, by=volunteer.user)
    assert refusal.value.code == "no_hours"


def test_nobody_asks_for_somebody_elses(volunteer, other_volunteer, give_hours):
    give_hours(volunteer, 60)
    with pytest.raises(DomainError) as refusal:
        services.ask_for_certificate(
            volunteer=volunteer, starts_on=None, ends_on=None, by=other_volunteer.user
        )
    assert refusal.value.code == "not_own_record"


def test_asking_again_gives_the_same_certificate_until_hours_are_added(certificate, certify, give_hours):
    assert certify(certificate.volunteer) == certificate
    give_hours(certificate.volunteer, 15)
    assert certify(certificate.volunteer) != certificate


def test_making_it_twice_changes_nothing(certificate):
    paper = bytes(certificate.paper.content)
    make_certificate(certificate.pk)
    assert bytes(CertificatePaper.objects.get().content) == paper


def test_a_making_that_stopped_is_taken_up_again(volunteer, give_hours):
    give_hours(volunteer, 60)
    asked = services.ask_for_certificate(volunteer=volunteer, starts_on=None, ends_on=None, by=volunteer.user)
    services.freeze_certificate(certificate_id=asked.pk)  # and here the worker died
    give_hours(volunteer, 60)
    Certificate.objects.update(changed_at=timezone.now() - timedelta(minutes=5))
    assert sweep_certificates() == 1
    asked.refresh_from_db()
    assert (asked.status, asked.minutes) == (Certificate.Status.READY, 60)


def test_hours_taken_back_before_it_was_made_leave_no_certificate(volunteer, give_hours, worker):
    record = give_hours(volunteer, 60)
    asked = services.ask_for_certificate(volunteer=volunteer, starts_on=None, ends_on=None, by=volunteer.user)
    services.reverse_record(record=record, reason="登记错误", by=worker)
    make_certificate(asked.pk)
    assert not Certificate.objects.exists()


def test_a_correction_afterwards_marks_it(client, certificate, worker, give_hours, certify):
    assert verdict(client, certificate) == "valid"
    record = certificate.volunteer.service_records.first()
    services.reverse_record(record=record, reason="实际较短", by=worker, instead_minutes=30)
    assert verdict(client, certificate) == "superseded"
    again = certify(certificate.volunteer)
    assert again != certificate
    assert verdict(client, again) == "valid"


def test_a_correction_of_another_service_does_not(client, volunteer, give_hours, certify, worker):
    old = give_hours(volunteer, 60, days_ago=40)
    give_hours(volunteer, 60)
    recent = certify(volunteer, starts_on=timezone.localdate() - timedelta(days=5))
    services.reverse_record(record=old, reason="登记错误", by=worker)
    assert verdict(client, recent) == "valid"


def test_the_centre_revokes_it_and_everybody_can_see_that(client, certificate, centre_user):
    services.revoke_certificate(certificate=certificate, reason="冒名", by=centre_user)
    assert verdict(client, certificate) == "revoked"
    listed = json.loads(client.get("/verify/revoked.json").content)["certificates"]
    assert listed == [
        {"serial": certificate.serial, "state": "revoked", "on": timezone.localdate().isoformat()}
    ]


def test_an_altered_code_and_an_unknown_one_are_told_apart(client, certificate):
    header, _, seal = certificate.statement.split(".")
    other = sign({"serial": "0" * 16, "minutes": 60}, kind="certificate")
    assert client.get(f"/verify/{header}.{other.split('.')[1]}.{seal}/").context["verdict"].state == "altered"
    assert client.get(f"/verify/{other}/").context["verdict"].state == "unknown"
    assert client.get("/verify/nothing/").context["verdict"].state == "unknown"


def test_a_typed_number_is_found_however_it_is_written_and_masks_the_name(client, certificate):
    typed = certificate.shown_serial.lower().replace("0", "O").replace("-", " ")
    response = client.get("/verify/", {"number": typed})
    assert response.context["verdict"].state == "valid"
    assert "志愿子" not in response.content.decode()


def test_the_pasted_address_of_a_code_is_checked(client, certificate):
    response = client.get("/verify/", {"number": address_of(certificate)}, follow=True)
    assert response.context["verdict"].state == "valid"
    assert "志愿子" in response.content.decode()


@pytest.fixture
def offline(tmp_path, client):
    """Files as somebody would have saved them."""
    (tmp_path / "keys.json").write_text(json.dumps(published_keys()))
    (tmp_path / "revoked.json").write_bytes(client.get("/verify/revoked.json").content)
    return tmp_path


def test_the_pdf_alone_verifies_without_the_network(certificate, offline):
    (offline / "c.pdf").write_bytes(bytes(certificate.paper.content))
    code, lines = verify_certificate.check(str(offline / "c.pdf"), str(offline / "keys.json"))
    assert (code, lines[0][:7]) == (0, "GENUINE")
    assert any("志愿子" in line for line in lines)


def test_the_text_of_a_code_verifies_and_an_altered_one_does_not(certificate, offline):
    address, keys = address_of(certificate), str(offline / "keys.json")
    assert verify_certificate.check(address, keys, str(offline / "revoked.json"))[0] == 0
    assert verify_certificate.check(address[:-3] + "AAA", keys)[0] == 1
    assert verify_certificate.check("hello", keys)[0] == 2


def test_without_the_network_a_revoked_one_is_known_by_the_list(certificate, centre_user, client, offline):
    services.revoke_certificate(certificate=certificate, reason="冒名", by=centre_user)
    (offline / "revoked.json").write_bytes(client.get("/verify/revoked.json").content)
    code, lines = verify_certificate.check(
        certificate.statement, str(offline / "keys.json"), str(offline / "revoked.json")
    )
    assert (code, lines[0][:15]) == (1, "NO LONGER VALID")


def test_a_rare_surname_is_signed_as_it_is_and_named_on_the_paper(make_volunteer, give_hours, certify):
    volunteer = make_volunteer("𠮷样")
    give_hours(volunteer, 60)
    certificate = certify(volunteer)
    assert "〔U+20BB7〕样" in text_of(certificate)
    keys = verify_certificate.read_key_set(published_keys())
    assert verify_certificate.verify(certificate.statement, kind="certificate", keys=keys)["name"] == "𠮷样"


def test_a_future_day_is_refused(volunteer, give_hours):
    give_hours(volunteer, 60)
    with pytest.raises(DomainError) as refusal:
        services.ask_for_certificate(
            volunteer=volunteer, starts_on=None, ends_on=date(2999, 1, 1), by=volunteer.user
        )
    assert refusal.value.code == "future"
