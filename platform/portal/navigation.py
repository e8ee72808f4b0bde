"""What stands in the top bar, in the tab bar of a phone and in the footer, by the roles of the person who looks."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    url: str
    label: str | Promise
    icon: str
    is_current: bool = False


class Navigation:
    """Read lazily by base.html as `navigation`, so an answer without a frame costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _item(self, name: str, label: str | Promise, icon: str) -> Item | None:
        try:
            url = reverse(name)
        except NoReverseMatch:
            return None
        path = self.request.path
        return Item(url, label, icon, path == url or (url != "/" and path.startswith(url)))

    def _items(self, *wanted: tuple[str, str | Promise, str]) -> list[Item]:
        return [item for row in wanted if (item := self._item(*row))]

    @cached_property
    def _user(self):  # type: ignore[no-untyped-def]
        return getattr(self.request, "user", None)
