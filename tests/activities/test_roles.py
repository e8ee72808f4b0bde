"""Places by role and paper: a nurse includes first aid; a paper must be valid on the day."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities import services
from activities.checks.qualifications import RoleGiven
from activities.models import Qualification, QualificationGrant, ShiftRole, SignUp, Waiting
from activities.qualifications import closure
from activities.services.qualifications import check_qualification, claim_qualification
from activities.services.roles import set_roles
from activities.services.waiting import confirm_sign_up, refuse_sign_up
from core.errors import DomainError
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


@pytest.fixture
def first_aid():
    return Qualification.objects.get(code="first-aid")


@pytest.fixture
def grant(worker):
    def make(volunteer, code, **fields):
        fields.setdefault("expires_on", timezone.localdate() + timedelta(days=365))
        return QualificationGrant.objects.create(
            volunteer=volunteer,
            qualification=Qualification.objects.get(code=code),
            issuer="测试局",
            proof="样本1",
            issued_on=timezone.localdate() - timedelta(days=100),
            status="checked",
            checked_by=worker,
            **fields,
        )

    return make


@pytest.fixture
def with_roles(make_shift, first_aid):
    """Two of whom one must know first aid, and one for anybody."""
    shift = make_shift(places=9)
    roles = [RoleGiven("急救", 1, least=1, qualification=first_aid), RoleGiven("引导", 1)]
    set_roles(shift=shift, roles=roles, by=shift.activity.posted_by)
    shift.refresh_from_db()
    return shift


def take(shift, person, **more):
    return services.sign_up(shift=shift, volunteer=person, by=person.user, **more)


def test_the_graph_is_walked_however_deep_and_survives_a_circle():
    assert closure({1: {2}, 2: {3}, 3: set()})[1] == {1, 2, 3}
    assert closure({1: {2}, 2: {1}})[2] == {1, 2}
    codes = {q.code: q for q in Qualification.objects.all()}
    graph = closure({q.pk: set(q.includes.values_list("pk", flat=True)) for q in codes.values()})
    assert codes["first-aid"].pk in graph[codes["doctor"].pk]


def test_the_places_of_a_shift_are_those_of_its_roles(with_roles):
    assert with_roles.places == 2


def test_a_nurse_takes_the_place_of_a_first_aider(with_roles, volunteer, other_volunteer, grant):
    assert take(with_roles, other_volunteer).role.name == "引导"
    grant(volunteer, "nurse")
    sign_up = take(with_roles, volunteer)
    assert sign_up.role.name == "急救"
    assert not any(role.free for role in ShiftRole.objects.all())
    services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
    assert ShiftRole.objects.get(name="急救").taken == 0


def test_without_the_paper_only_the_open_role_is_there_and_then_nothing(
    with_roles, volunteer, other_volunteer, grant
):
    take(with_roles, volunteer)
    assert refused(lambda: take(with_roles, other_volunteer)) == "full"
    waiting = services.join_waiting_list(shift=with_roles, volunteer=other_volunteer, by=other_volunteer.user)
    grant(other_volunteer, "first-aid")
    services.move_line(shift=with_roles)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.role.name, waiting.role.held) == ("offered", "急救", 1)
    assert services.take_kept_place(waiting=waiting, by=other_volunteer.user).role.name == "急救"


@pytest.mark.parametrize(("days", "code"), [(0, "not_qualified"), (30, None)])
def test_a_paper_must_be_valid_on_the_day_of_the_shift(
    make_activity, make_shift, volunteer, grant, first_aid, days, code
):
    shift = make_shift(make_activity(qualification=first_aid), starts_at=timezone.now() + timedelta(days=2))
    grant(volunteer, "first-aid", expires_on=timezone.localdate() + timedelta(days=days))
    if code:
        assert refused(lambda: take(shift, volunteer)) == code
    else:
        take(shift, volunteer)


def test_the_wanted_role_is_given_when_it_can_be(with_roles, volunteer, grant):
    grant(volunteer, "first-aid")
    wanted = with_roles.roles.get(name="引导")
    assert take(with_roles, volunteer, role=wanted).role == wanted


def test_the_database_refuses_more_than_a_role_has(with_roles):
    with pytest.raises(IntegrityError, match="role_is_never_overfull"), transaction.atomic():
        ShiftRole.objects.update(taken=2)


def test_a_role_with_people_keeps_its_name_and_places(with_roles, volunteer):
    take(with_roles, volunteer)
    by = with_roles.activity.posted_by
    act = lambda roles: set_roles(shift=with_roles, roles=roles, by=by)  # noqa: E731
    assert refused(lambda: act([RoleGiven("急救", 2)])) == "role_is_taken"
    assert refused(lambda: act([RoleGiven("引导", 1), RoleGiven("引导", 1)])) == "role_twice"
    assert refused(lambda: act([RoleGiven("引导", 1, least=2)])) == "least_beyond_places"
    assert act([RoleGiven("引导", 3)]).places == 3


def test_a_paper_counts_once_somebody_else_of_the_centre_has_looked(volunteer, centre_user, first_aid):
    key = uuid.uuid4()
    given = {
        "volunteer": volunteer,
        "qualification": first_aid,
        "issuer": "测试局",
        "proof": "样本1",
        "issued_on": timezone.localdate(),
        "expires_on": None,
        "submission_key": key,
    }
    paper = claim_qualification(**given)
    assert claim_qualification(**given) == paper
    assert (
        refused(lambda: check_qualification(grant=paper, is_accepted=True, by=volunteer.user)) == "own_record"
    )
    assert refused(lambda: check_qualification(grant=paper, is_accepted=False, by=centre_user)) == "no_reason"
    check_qualification(grant=paper, is_accepted=True, by=centre_user)
    assert Notification.objects.filter(user=volunteer.user, kind="qualification-accepted").exists()
    late = {**given, "expires_on": timezone.localdate() - timedelta(days=1), "submission_key": uuid.uuid4()}
    assert refused(lambda: claim_qualification(**late)) == "paper_expired"


def test_the_organiser_confirms_where_that_is_asked(
    make_activity, make_shift, volunteer, other_volunteer, worker
):
    shift = make_shift(make_activity(confirms_sign_ups=True))
    assert refused(lambda: take(shift, volunteer)) == "is_confirmed"
    turns = [
        services.join_waiting_list(shift=shift, volunteer=person, by=person.user)
        for person in (volunteer, other_volunteer)
    ]
    services.move_line(shift=shift)
    assert set(Waiting.objects.values_list("status", flat=True)) == {"waiting"}
    by = shift.activity.posted_by
    assert refused(lambda: confirm_sign_up(waiting=turns[0], by=volunteer.user)) == "not_the_organiser"
    assert confirm_sign_up(waiting=turns[0], by=by) == confirm_sign_up(waiting=turns[0], by=by)
    refuse_sign_up(waiting=turns[1], reason="人已够", by=by)
    assert refused(lambda: confirm_sign_up(waiting=turns[1], by=by)) == "answered_already"
    assert SignUp.objects.standing().count() == 1
    assert Notification.objects.filter(user=other_volunteer.user, kind="sign-up-refused").exists()


def test_the_pages_of_papers_and_roles(client, volunteer, centre_user, first_aid, with_roles, worker):
    client.force_login(volunteer.user)
    form = {
        "qualification": first_aid.pk,
        "issuer": "测试局",
        "proof": "样本1",
        "issued_on": "2025-01-01",
        "submission_key": uuid.uuid4(),
    }
    assert "First aid" in client.post("/activities/qualifications/", form, follow=True).content.decode()
    paper = QualificationGrant.objects.get()
    assert client.get("/activities/qualifications/queue/").status_code == 404
    client.force_login(centre_user)
    assert "Seen and accepted" in client.get("/activities/qualifications/queue/").content.decode()
    client.post(f"/activities/qualifications/{paper.pk}/check/", {"act": "accept"})
    paper.refresh_from_db()
    assert paper.status == "checked"
    client.force_login(volunteer.user)
    assert client.get(f"/activities/shifts/{with_roles.pk}/roles/").status_code == 404
    page = client.get(f"/activities/{with_roles.activity_id}/").content.decode()
    assert 'name="role"' in page
    client.post(f"/activities/shifts/{with_roles.pk}/sign-up/", {"role": with_roles.roles.last().pk})
    assert SignUp.objects.get().role.name == "引导"
    client.force_login(with_roles.activity.posted_by)
    lines = {
        "role-TOTAL_FORMS": 1,
        "role-INITIAL_FORMS": 0,
        "role-0-name": "引导",
        "role-0-least": 1,
        "role-0-places": 4,
    }
    client.post(f"/activities/shifts/{with_roles.pk}/roles/", lines)
    assert with_roles.roles.get().places == 4


def test_what_i_can_take_says_why_not_and_costs_the_same(
    client, volunteer, make_activity, make_shift, first_aid, django_assert_num_queries
):

    make_shift(make_activity(qualification=first_aid))
    make_shift()
    client.force_login(volunteer.user)
    page = client.get("/activities/can-take/").content.decode()
    assert "This needs a paper that is valid on the day: First aid" in page
    assert "1 that you cannot take, and why" in page
    with CaptureQueriesContext(connection) as few:
        client.get("/activities/can-take/")
    for _ in range(4):
        make_shift()
    with django_assert_num_queries(len(few)):
        client.get("/activities/can-take/")
