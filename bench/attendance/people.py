"""One activity that is on, everybody who has a place in it with a phone that is signed in, and its organiser."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import StaffRole, User, Volunteer
from activities.models import Activity, Shift, SignUp
from bench.live.people import make_users, neighbourhood, sign_in


@dataclass(frozen=True)
class Crowd:
    shift: Shift
    sign_ups: list[SignUp]
    cookies: list[str]  # one of each sign-up's person
    organiser: User
    organiser_cookies: list[str]  # of several phones of the organiser


def gather(people: int, *, phones: int) -> Crowd:
    home, now = neighbourhood(), timezone.now()
    organiser = make_users(1, start=10**6)[0]
    StaffRole.objects.create(user=organiser, kind=StaffRole.Kind.COMMUNITY_WORKER, division=home)
    point = home.point
    users = make_users(people)
    volunteers = Volunteer.objects.bulk_create(
        Volunteer(
            user=user,
            status=Volunteer.Status.VERIFIED,
            home_division=home,
            lon=point.lon,
            lat=point.lat,
            slots=1,
            radius_m=3000,
            born_on=timezone.localdate() - timedelta(days=15_000),
        )
        for user in users
    )
    times = {"starts_at": now - timedelta(minutes=5), "ends_at": now + timedelta(hours=3)}
    activity = Activity.objects.create(
        title="清洁家园",
        about="打扫小区花园",
        division=home,
        categories=["0006"],
        place="测试花园",
        lon=point.lon,
        lat=point.lat,
        risks="日晒",
        status=Activity.Status.RECRUITING,
        posted_by=organiser,
        **times,
    )
    shift = Shift.objects.create(activity=activity, places=people, taken=people, **times)
    sign_ups = SignUp.objects.bulk_create(SignUp(shift=shift, volunteer=one) for one in volunteers)
    return Crowd(shift, sign_ups, sign_in(users), organiser, sign_in([organiser] * phones))
