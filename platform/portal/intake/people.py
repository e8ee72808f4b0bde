"""Whom and where a row means: divisions by name or code within the importer's scope, accounts by phone or e-mail."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User
from portal.intake.columns import plain
from portal.intake.rows import Row, RowRefused
from portal.intake.tables import Cell
from portal.intake.values import WORDS, BadValue, email, phone, text

# What a neighbourhood's name may end in without being another one.
ENDINGS = tuple(WORDS["endings"])


class Places:
    """The divisions in the importer's scope, by everything that a list may call them."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes

    @cached_property
    def divisions(self) -> dict[str, Division]:
        return {division.code: division for division in Division.objects.select_related("parent__parent")}

    @cached_property
    def by_name(self) -> dict[str, list[Division]]:
        found: dict[str, list[Division]] = defaultdict(list)
        for division in self.divisions.values():
            name = plain(division.name)
            parent = plain(division.parent.name) if division.parent else ""
            for word in {name, without_ending(name), parent + name, parent + without_ending(name)}:
                found[word].append(division)
        return found

    def read(self, cell: Cell) -> Division:
        """A division by code or name. Raises BadValue: unknown, ambiguous, outside the scope."""
        typed = text(cell)
        division = self.divisions.get(typed) or self._named(typed)
        if not any(division.code.startswith(code) for code in self.codes):
            raise BadValue(_("“%(name)s” lies outside your district."), name=division.name)
        return division

    def _named(self, typed: str) -> Division:
        word = plain(typed)
        found = self.by_name.get(word) or self.by_name.get(without_ending(word)) or []
        if not found:
            raise BadValue(_("“%(name)s” is not a neighbourhood of this district."), name=typed[:40])
        if len(found) > 1:
            raise BadValue(
                _("There are several of this name: write the code, one of %(codes)s."),
                codes=", ".join(division.code for division in found),
            )
        return found[0]


def without_ending(name: str) -> str:
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


def account_of(row: Row, name: str) -> User | None:
    """The account that this phone or e-mail belongs to, if there is one. Raises RowRefused when the two belong to
    different people, to somebody of another name, or to somebody who never confirmed what the list has."""
    number = row.read("phone", phone, "")
    address = row.read("email", email, "")
    if not number and not address:
        raise RowRefused(_("A phone number or an e-mail address is needed."), column=row.header("phone"))
    by_phone = User.objects.filter(phone=number).first() if number else None
    by_email = User.objects.filter(email=address).first() if address else None
    if by_phone and by_email and by_phone != by_email:
        raise RowRefused(_("Phone and e-mail belong to two different accounts."), column=row.header("email"))
    found: User | None = by_phone or by_email
    if found is None:
        return None
    column = row.header("phone" if by_phone else "email")
    if plain(found.name) != plain(name):
        raise RowRefused(_("An account with this phone or e-mail has another name."), column=column)
    if not (
        (by_phone and User.objects.owning_phone(number).exists())
        or (by_email and User.objects.owning_email(address).exists())
    ):
        raise RowRefused(
            _("This account has not confirmed its phone or e-mail; its owner does so first."), column=column
        )
    return found


def new_account(row: Row, name: str) -> User:
    """An account without a password: its owner signs in with a code sent to the phone or the e-mail address."""
    number, address = row.read("phone", phone, ""), row.read("email", email, "")
    if not number and not address:
        raise RowRefused(_("A phone number or an e-mail address is needed."))
    return User.objects.create_user(email=address or None, phone=number or None, name=name)
