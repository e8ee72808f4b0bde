"""Time coins: earned by a record, given, donated, spent; taken back when the record is reversed.

Lock order: the person's hours, then coin accounts by id. Balances follow the entries in the same transaction, and the
database keeps them from falling below zero.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, RuleSet, User, Volunteer
from activities.models import CoinAccount, CoinEntry, ServiceRecord
from core.errors import DomainError

Kind, Entry = CoinAccount.Kind, CoinEntry.Kind
HELD = (Kind.PERSON, Kind.POOL)


def account_of(volunteer: Volunteer) -> CoinAccount:
    return CoinAccount.objects.get_or_create(kind=Kind.PERSON, volunteer=volunteer)[0]


def pool_of(division: Division) -> CoinAccount:
    """The pool of the district in which a division lies."""
    district = Division.objects.get(pk=division.pk[:6])
    return CoinAccount.objects.get_or_create(kind=Kind.POOL, division=district)[0]


def _beside(kind: str) -> CoinAccount:
    return CoinAccount.objects.get_or_create(kind=kind)[0]


def rules_for_coins(volunteer: Volunteer, day: date | None = None) -> RuleSet:
    return RuleSet.objects.in_force(day or timezone.localdate(), volunteer.home_division_id)


def _locked(*accounts: CoinAccount) -> dict[int, CoinAccount]:
    """Those that hold a balance, locked in the order of their ids; the others are no row to wait for."""
    wanted = [account.pk for account in accounts if account.kind in HELD]
    rows = CoinAccount.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}


def _enter(entry: CoinEntry) -> CoinEntry:
    """Write an entry and both balances. The caller holds the locks and has seen that there is enough."""
    entry.save(force_insert=True)
    for account, minutes in ((entry.taken_from, -entry.minutes), (entry.given_to, entry.minutes)):
        if account.kind in HELD:
            CoinAccount.objects.filter(pk=account.pk).update(balance=F("balance") + minutes)
    return entry


def fits_for_coins(
    record: ServiceRecord, rules: RuleSet, receivers_born: Sequence[int], *, is_professional: bool
) -> bool:
    """Non-professional service by an adult for somebody old (Shanghai's rule); their years of birth are known."""
    age = record.volunteer.age_on(timezone.localdate(record.starts_at))
    year = timezone.localdate(record.starts_at).year
    return (
        rules.uses_coins
        and not is_professional
        and record.studio_id is None
        and age is not None
        and age >= rules.coin_giver_age
        and any(year - born >= rules.coin_receiver_age_in_hardship for born in receivers_born)
    )


@transaction.atomic
def earn_coins(*, record: ServiceRecord, rules: RuleSet) -> CoinEntry | None:
    """What the record earns within the caps of the day and of the person; None when nothing is left or it has earned.

    The caller holds the lock of the person's hours.
    """
    day, own = timezone.localdate(record.starts_at), account_of(record.volunteer)
    if CoinEntry.objects.filter(record=record, kind=Entry.EARN).exists():
        return None
    balance = _locked(own)[own.pk].balance
    today = CoinEntry.objects.filter(on=day).filter(
        Q(kind=Entry.EARN, given_to=own) | Q(kind=Entry.TAKE_BACK, taken_from=own)
    )
    sums = dict(today.values_list("kind").annotate(minutes=Sum("minutes")).order_by())
    earned = sums.get(Entry.EARN, 0) - sums.get(Entry.TAKE_BACK, 0)
    minutes = min(
        record.minutes,
        rules.coins_a_day * rules.coin_minutes - earned,
        rules.coins_a_person * rules.coin_minutes - balance,
    )
    if minutes <= 0:
        return None
    return _enter(
        CoinEntry(
            kind=Entry.EARN,
            taken_from=_beside(Kind.ISSUED),
            given_to=own,
            minutes=minutes,
            record=record,
            on=day,
        )
    )


@transaction.atomic
def take_back_coins(*, record: ServiceRecord) -> CoinEntry | None:
    """A reversed record has earned nothing. What was already spent stays spent: no balance falls below zero."""
    earned = CoinEntry.objects.filter(record=record, kind=Entry.EARN).select_related("given_to").first()
    if earned is None:
        return None
    own = _locked(earned.given_to)[earned.given_to_id]
    minutes = min(earned.minutes, own.balance)
    if not minutes:
        return None
    return _enter(
        CoinEntry(
            kind=Entry.TAKE_BACK,
            taken_from=own,
            given_to=_beside(Kind.ISSUED),
            minutes=minutes,
            record=record,
            on=earned.on,
        )
    )


@transaction.atomic
def use_coins(
    *,
    volunteer: Volunteer,
    kind: str,
    coins: int,
    words: str,
    by: User,
    to: Volunteer | None = None,
    submission_key: uuid.UUID | None = None,
) -> CoinEntry:
    """Give coins to another person, donate them to the district's pool, or spend them on a service for oneself.

    The same key is the first entry. Raises DomainError `not_own_coins`, `coins_are_off`, `no_coins`, `not_enough`,
    `nobody_to_give_to` or `receiver_is_full`.
    """
    if volunteer.user_id != by.pk:
        raise DomainError("not_own_coins", _("Everybody decides about their own coins only."))
    rules, key = rules_for_coins(volunteer), submission_key or uuid.uuid4()
    if not rules.uses_coins:
        raise DomainError("coins_are_off", _("Time coins are not in use here."))
    own = account_of(volunteer)
    if kind == Entry.GIVE and (to is None or to.pk == volunteer.pk):
        raise DomainError(
            "nobody_to_give_to",
            _("Nobody else is registered with this number."),
            help=_("Ask for the mobile number with which the person registered as a volunteer."),
        )
    other = {
        Entry.GIVE.value: lambda: account_of(to or volunteer),
        Entry.DONATE.value: lambda: pool_of(volunteer.home_division),
        Entry.SPEND.value: lambda: _beside(Kind.SPENT),
    }[kind]()
    held = _locked(own, other)
    replayed = CoinEntry.objects.filter(submission_key=key, by=by).first()
    if replayed is not None:
        return replayed
    minutes = coins * rules.coin_minutes
    if minutes <= 0:
        raise DomainError("no_coins", _("Say how many coins."))
    if held[own.pk].balance < minutes:
        raise DomainError(
            "not_enough",
            _("You have %(coins)s coins.") % {"coins": held[own.pk].balance // rules.coin_minutes},
            help=_("Choose so many or fewer."),
        )
    if kind == Entry.GIVE and held[other.pk].balance + minutes > rules.coins_a_person * rules.coin_minutes:
        raise DomainError(
            "receiver_is_full",
            _("The other person would have more coins than a person may hold."),
            help=_("Give fewer, or donate them to the community pool."),
        )
    return _enter(
        CoinEntry(
            kind=kind,
            taken_from=own,
            given_to=other,
            minutes=minutes,
            on=timezone.localdate(),
            words=words.strip()[:120],
            by=by,
            submission_key=key,
        )
    )


DIFFERENCES = """
SELECT a.id, a.kind, a.balance, coalesce(e.minutes, 0) FROM activities_coinaccount a LEFT JOIN (
    SELECT account, sum(minutes) AS minutes FROM (
        SELECT given_to_id AS account, minutes FROM activities_coinentry
        UNION ALL SELECT taken_from_id, -minutes FROM activities_coinentry
    ) AS sides GROUP BY account
) AS e ON e.account = a.id
WHERE a.kind IN ('person', 'pool') AND a.balance <> coalesce(e.minutes, 0) ORDER BY a.id
"""


def coin_differences() -> list[str]:
    """Balances that do not say what the entries say, in words."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [
            f"coin account {pk} ({kind}): entries {entered} min, balance {balance} min"
            for pk, kind, balance, entered in cursor.fetchall()
        ]
