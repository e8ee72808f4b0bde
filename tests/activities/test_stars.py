"""Stars: applied for, published, objected to, granted; nobody decides about their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import RuleSet, StaffRole
from accounts.working_days import working_days_after
from activities import services
from activities.models import StarApplication, StarObjection
from core.errors import DomainError

Status = StarApplication.Status


@pytest.fixture(autouse=True)
def rules(db):
    """Stars at 1, 2, 3, 4 and 5 hours."""
    RuleSet.objects.update(star_hours=[1, 2, 3, 4, 5], publicity_working_days=5, stars_by_worker=0)
    return RuleSet.objects.first()


@pytest.fixture
def application(volunteer, give_hours):
    give_hours(volunteer, 130)
    return services.apply_for_star(volunteer=volunteer, by=volunteer.user)


@pytest.fixture
def published(application, centre_user):
    return services.publish_star(application=application, by=centre_user)


def let_publicity_end(application):
    StarApplication.objects.filter(pk=application.pk).update(
        objections_until=timezone.localdate() - timedelta(days=1)
    )


def refused(act, **values):
    with pytest.raises(DomainError) as refusal:
        act(**values)
    return refusal.value.code


def test_the_hours_decide_for_which_star_one_applies(application):
    assert (application.level, application.minutes, application.status) == (2, 130, Status.ASKED)


def test_without_the_hours_there_is_no_application(volunteer, give_hours):
    give_hours(volunteer, 59)
    assert refused(services.apply_for_star, volunteer=volunteer, by=volunteer.user) == "hours_too_few"


def test_applying_twice_is_one_application(application, volunteer):
    assert services.apply_for_star(volunteer=volunteer, by=volunteer.user) == application


def test_nobody_applies_for_somebody_else(volunteer, other_volunteer):
    assert refused(services.apply_for_star, volunteer=volunteer, by=other_volunteer.user) == "not_own_record"


def test_it_is_open_to_objections_for_five_working_days(published):
    assert published.objections_until == working_days_after(timezone.localdate(), 5)


def test_it_is_not_granted_before_that_and_then_it_is(published, centre_user, volunteer):
    assert refused(services.grant_star, application=published, by=centre_user) == "publicity_runs"
    let_publicity_end(published)
    services.grant_star(application=published, by=centre_user)
    volunteer.refresh_from_db()
    assert volunteer.stars == 2
    assert refused(services.apply_for_star, volunteer=volunteer, by=volunteer.user) == "has_this_star"


def test_it_is_not_granted_unpublished_unless_the_rules_ask_for_no_publicity(application, centre_user, rules):
    assert refused(services.grant_star, application=application, by=centre_user) == "not_published"
    RuleSet.objects.update(publicity_working_days=0)
    assert services.grant_star(application=application, by=centre_user).status == Status.APPROVED


def test_hours_taken_back_meanwhile_are_noticed(published, centre_user, volunteer, worker):
    services.reverse_record(record=volunteer.service_records.get(), reason="不实", by=worker)
    let_publicity_end(published)
    assert refused(services.grant_star, application=published, by=centre_user) == "hours_too_few"


def test_who_grants_is_said_by_the_rules(application, worker, centre_user):
    assert refused(services.publish_star, application=application, by=worker) == "not_the_approver"
    RuleSet.objects.update(stars_by_worker=2)
    assert services.publish_star(application=application, by=worker).status == Status.PUBLISHED


def test_a_worker_of_another_place_never_grants(application, other_worker):
    RuleSet.objects.update(stars_by_worker=5)
    assert refused(services.publish_star, application=application, by=other_worker) == "not_the_approver"


def test_nobody_decides_about_their_own_star(volunteer, give_hours, district):
    StaffRole.objects.create(user=volunteer.user, kind=StaffRole.Kind.CENTRE_STAFF, division=district)
    give_hours(volunteer, 60)
    own = services.apply_for_star(volunteer=volunteer, by=volunteer.user)
    assert refused(services.publish_star, application=own, by=volunteer.user) == "own_star"


def test_an_objection_stops_the_star_until_it_is_answered(published, stranger, centre_user, volunteer):
    objection = services.object_to_star(application=published, words="那天他不在", by=stranger)
    assert services.object_to_star(application=published, words="再说一次", by=stranger) == objection
    let_publicity_end(published)
    assert refused(services.grant_star, application=published, by=centre_user) == "objection_open"
    services.answer_objection(objection=objection, is_upheld=False, answer="签到记录在案", by=centre_user)
    assert services.grant_star(application=published, by=centre_user).status == Status.APPROVED


def test_an_objection_that_is_right_refuses_the_star(published, stranger, centre_user, volunteer):
    objection = services.object_to_star(application=published, words="那天他不在", by=stranger)
    services.answer_objection(objection=objection, is_upheld=True, answer="核实无误", by=centre_user)
    published.refresh_from_db()
    volunteer.refresh_from_db()
    assert (published.status, published.decided_because, volunteer.stars) == (Status.REFUSED, "核实无误", 0)


def test_nobody_answers_their_own_objection(published, centre_user):
    objection = services.object_to_star(application=published, words="存疑", by=centre_user)
    code = refused(
        services.answer_objection, objection=objection, is_upheld=True, answer="是", by=centre_user
    )
    assert code == "own_objection"


def test_after_the_last_day_nobody_objects_and_never_against_oneself(published, stranger, volunteer):
    assert (
        refused(services.object_to_star, application=published, words="不", by=volunteer.user) == "own_star"
    )
    let_publicity_end(published)
    assert (
        refused(services.object_to_star, application=published, words="不", by=stranger) == "publicity_over"
    )


def test_a_revoked_star_leaves_the_lower_one(published, centre_user, volunteer, give_hours):
    let_publicity_end(published)
    services.grant_star(application=published, by=centre_user)
    give_hours(volunteer, 60)
    higher = services.apply_for_star(volunteer=volunteer, by=volunteer.user)
    services.publish_star(application=higher, by=centre_user)
    let_publicity_end(higher)
    services.grant_star(application=higher, by=centre_user)
    services.revoke_star(application=higher, reason="时长不实", by=centre_user)
    volunteer.refresh_from_db()
    assert volunteer.stars == 2


def test_a_refused_application_may_be_repeated_and_a_withdrawn_one_too(application, centre_user, volunteer):
    services.refuse_star(application=application, reason="资料不全", by=centre_user)
    again = services.apply_for_star(volunteer=volunteer, by=volunteer.user)
    services.withdraw_star(application=again, by=volunteer.user)
    services.withdraw_star(application=again, by=volunteer.user)
    assert services.apply_for_star(volunteer=volunteer, by=volunteer.user) not in (application, again)


# --- pages


def test_the_public_page_masks_the_name_without_consent(client, published, volunteer):
    page = client.get("/activities/stars/").content.decode()
    assert "志愿子" not in page
    assert volunteer.public_name in page
    volunteer.publishes_name = True
    volunteer.save()
    assert "志愿子" in client.get(f"/activities/stars/{published.pk}/").content.decode()


def test_what_is_not_published_is_not_there_for_others(
    client, signed_in, application, other_worker, volunteer
):
    address = f"/activities/stars/{application.pk}/"
    assert client.get(address).status_code == 404
    assert signed_in(other_worker).get(address).status_code == 404
    assert signed_in(volunteer.user).get(address).status_code == 200


def test_a_volunteer_applies_on_the_own_page(signed_in, volunteer, give_hours):
    give_hours(volunteer, 65)
    client = signed_in(volunteer.user)
    assert "Apply for 1 star" in client.get("/activities/record/").content.decode()
    client.post("/activities/stars/apply/")
    page = client.get("/activities/record/").content.decode()
    assert "Take the application back" in page
    assert "Apply for 1 star" not in page


def test_somebody_objects_on_the_public_page(signed_in, published, stranger):
    client = signed_in(stranger)
    client.post(f"/activities/stars/{published.pk}/", {"words": "那天他不在"})
    assert StarObjection.objects.get().by == stranger


def test_the_centre_publishes_and_grants_on_its_pages(signed_in, application, centre_user):
    client = signed_in(centre_user)
    assert "志愿子" in client.get("/activities/stars/decide/").content.decode()
    client.post(f"/activities/stars/{application.pk}/publish/")
    let_publicity_end(application)
    client.post(f"/activities/stars/{application.pk}/grant/")
    application.refresh_from_db()
    assert application.status == Status.APPROVED
    assert client.post(f"/activities/stars/{application.pk}/nothing/").status_code == 404


def test_deciding_is_not_there_for_others(signed_in, application, worker, stranger, volunteer):
    for user in (worker, stranger, volunteer.user):
        assert signed_in(user).post(f"/activities/stars/{application.pk}/publish/").status_code == 404
    assert signed_in(stranger).get("/activities/stars/decide/").status_code == 404


@pytest.mark.parametrize("address", ["/activities/stars/", "/activities/stars/decide/"])
def test_lists_take_the_same_queries_however_long(
    address, signed_in, centre_user, make_volunteer, give_hours, django_assert_num_queries
):
    client = signed_in(centre_user)

    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    def add():
        person = make_volunteer()
        give_hours(person, 60)
        application = services.apply_for_star(volunteer=person, by=person.user)
        services.publish_star(application=application, by=centre_user)

    add()
    queries()
    before = queries()
    for _ in range(3):
        add()
    assert queries() == before
