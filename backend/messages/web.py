"""The page of addresses that nothing is sent to any more, and the addresses of all pages of messages."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.messages import selectors, services
from backend.messages.filters import SuppressedFilter
from backend.messages.models import SuppressedAddress
from backend.web.base import Act
from backend.web.lists import ListPage
from backend.web.navigation import SETUP, register

register(85, lazy("Suppressed addresses"), "web:suppressed", "no-symbol", "admin", SETUP)


class Suppressed(ListPage):
    """Addresses that a mail server refused for good, the latest first."""

    roles = {"GET": "admin"}
    template = "web/mail/suppressed.html"
    part = "web/mail/suppressed_rows.html"
    name = "suppressed"
    filterset_class = SuppressedFilter
    ordering = ("-since", "-id")
    choosing = {"search": lazy("Address")}
    headings = {"address": lazy("Address"), "answer": lazy("What the mail server said"), "since": lazy("Since")}

    def rows(self) -> QuerySet[SuppressedAddress]:
        return selectors.suppressed(self.actor)

    def cells(self, row: SuppressedAddress) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings}


class Release(Act):
    """Lets mail go to an address again."""

    roles = {"POST": "admin"}

    def act(self, id: int) -> str:
        suppressed = self.one(selectors.suppressed(self.actor), pk=id)
        services.release(actor=self.actor, suppressed=suppressed)
        return _("Mail goes to %(address)s again.") % {"address": suppressed.address}

    def leads_to(self, id: int) -> str:
        return reverse("web:suppressed")


urlpatterns = [
    path("suppressed/", Suppressed.as_view(), name="suppressed"),
    path("suppressed/<int:id>/release/", Release.as_view(), name="suppressed-release"),
    *(path("", include(f"backend.messages.{room}.web")) for room in ("endpoints", "deliveries", "inbox")),
]
