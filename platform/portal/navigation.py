"""What stands in the top bar, in the tab bar of a phone and in the footer, by the roles of the person who looks."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, User

Word = str | Promise

HOME = ("portal:home", _("Home"), "home")
MY = ("portal:my", pgettext_lazy("tab", "Me"), "user")
HOUSEHOLD = ("matching:my_household", _("My household"), "family")
OFFERS = ("matching:offers", _("Offers"), "hand")
ACTIVITIES = ("activities:list", _("Activities"), "calendar")
STUDIOS = ("accounts:studios", _("Studios"), "studio")
RANKING = ("activities:ranking", _("Ranking"), "ranking")
DESK = ("portal:desk", _("Desk"), "desk")
CENTRE = ("portal:centre", _("Centre"), "flag")
STARS = ("activities:stars", _("Star volunteers"), "star")
CERTIFICATES = ("certificate_form", _("Check a certificate"), "check")
SEARCH = ("portal:search", _("Search"), "search")
SIGN_IN = ("account_login", _("Sign in"), "sign-in")


@dataclass(frozen=True)
class Item:
    url: str
    label: Word
    icon: str
    is_current: bool = False


class Navigation:
    """Read by the frame of every page; each part is worked out when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def person(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def is_contact(self) -> bool:
        """Whether this person speaks for a household; one query a page."""
        return self.person is not None and Household.objects.filter(contact=self.person).exists()

    @property
    def household(self) -> list[tuple[str, Word, str]]:
        return [HOUSEHOLD] if self.is_contact else []

    def _item(self, name: str, label: Word, icon: str) -> Item:
        url = reverse(name)
        path = self.request.path
        return Item(url, label, icon, path == url or (url != "/" and path.startswith(url)))

    def _items(self, *wanted: tuple[str, Word, str]) -> list[Item]:
        """The items; the longest address that fits the page is the current one."""
        items = [self._item(*row) for row in wanted]
        fitting = [item for item in items if item.is_current]
        best = max(fitting, key=lambda item: len(item.url), default=None)
        return [Item(item.url, item.label, item.icon, item is best) for item in items]

    @cached_property
    def top(self) -> list[Item]:
        person = self.person
        if person is None:
            return self._items(ACTIVITIES, STUDIOS, RANKING)
        first: list[tuple[str, Word, str]] = [CENTRE] if person.is_centre_staff else []
        first += [DESK] if person.is_community_worker else []
        first += [*self.household, OFFERS] if not first else []
        return self._items(MY, *first, ACTIVITIES, STUDIOS, RANKING)

    @cached_property
    def tabs(self) -> list[Item]:
        """At most five, so that each is a thumb wide at 320 px."""
        person = self.person
        if person is None:
            return self._items(HOME, ACTIVITIES, STUDIOS, RANKING, SIGN_IN)
        if person.is_centre_staff:
            return self._items(HOME, CENTRE, ACTIVITIES, RANKING, MY)
        if person.is_community_worker:
            return self._items(HOME, DESK, ACTIVITIES, RANKING, MY)
        if self.is_contact:
            return self._items(HOME, HOUSEHOLD, OFFERS, ACTIVITIES, MY)
        return self._items(HOME, OFFERS, ACTIVITIES, RANKING, MY)

    @cached_property
    def account(self) -> list[Item]:
        return self._items(
            ("portal:my", _("My page"), "user"),
            *self.household,
            ("accounts:settings", _("Settings"), "settings"),
            ("notifications:preferences", _("Messages: what, how and when"), "bell"),
            ("account_email", _("E-mail addresses"), "mail"),
            ("account_change_phone", _("Mobile phone"), "phone"),
            ("account_change_password", _("Password"), "lock"),
            ("mfa_index", _("Passkeys and second step"), "key"),
        )

    @cached_property
    def footer(self) -> list[Item]:
        return self._items(SEARCH, ACTIVITIES, STUDIOS, RANKING, STARS, CERTIFICATES)

    @property
    def search(self) -> str:
        return reverse("portal:search")

    @property
    def sign_up(self) -> str:
        return reverse("account_signup")

    @property
    def inbox(self) -> str:
        return reverse("notifications:inbox") if self.person else ""


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation` for the frame, `theme` when the reader chose light or dark."""
    theme = request.COOKIES.get("theme", "")
    return {"navigation": Navigation(request), "theme": theme if theme in {"light", "dark"} else ""}
