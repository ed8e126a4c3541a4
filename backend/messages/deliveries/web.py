"""The pages of what went out."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.selectors import organisations
from backend.messages.answers import told
from backend.messages.deliveries import selectors
from backend.messages.deliveries.filters import DeliveryFilter
from backend.messages.models import Delivery
from backend.web.base import Page
from backend.web.lists import ListPage, choices_of
from backend.web.navigation import SETUP, register

READERS = "partner officer admin"
register(84, lazy("Messages sent"), "web:deliveries", "paper-airplane", READERS, SETUP)


def shown(rows: Sequence[Delivery]) -> Sequence[Delivery]:
    """Deliveries with their recipients and answers in words, as ``to`` and ``said``."""
    names = selectors.recipients(rows)
    for row in rows:
        row.to, row.said = names[row.pk], told(row.answer)  # type: ignore[attr-defined]
    return rows


class Deliveries(ListPage):
    """Messages, the newest first."""

    roles = {"GET": READERS}
    template = "web/mail/deliveries.html"
    part = "web/mail/deliveries_rows.html"
    name = "deliveries"
    leads = ("web:delivery", "pk")
    filterset_class = DeliveryFilter
    ordering = ("-id",)
    headings = {
        "created_at": lazy("Written"),
        "channel": lazy("Channel"),
        "to": lazy("Recipient"),
        "subject": lazy("Subject"),
        "organisation": lazy("Organisation"),
        "state": lazy("State"),
        "attempts": lazy("Attempts"),
        "sent_at": lazy("Sent at"),
        "answered_at": lazy("Answered"),
        "said": lazy("What the other side said"),
        "message_id": lazy("Message-ID"),
    }

    def rows(self) -> QuerySet[Delivery]:
        return selectors.deliveries(self.actor).defer("text", "html")

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return shown(rows)

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        """A partner has but one organisation to choose from."""
        offered = {
            "channel": lazy("Channel"),
            "state": lazy("State"),
            "organisation": lazy("Organisation"),
            "search": lazy("Subject"),
            "since": lazy("Written from"),
            "until": lazy("Written until"),
        }
        return {name: label for name, label in offered.items() if name != "organisation" or self.actor.sees_everything}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        if not self.actor.sees_everything:
            return {}
        return {"organisation": choices_of(organisations(self.actor).order_by("code"))}

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **{name: getattr(row, name) for name in self.headings},
            "channel": row.get_channel_display(),
            "state": row.get_state_display(),
            "organisation": row.organisation.code,
        }


class OneDelivery(Page):
    """One message: what it says, and the proof of what came of it."""

    roles = {"GET": READERS}
    template = "web/mail/delivery.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        [row] = shown([self.one(selectors.deliveries(self.actor), pk=id)])
        return self.show(row=row)


urlpatterns = [
    path("deliveries/", Deliveries.as_view(), name="deliveries"),
    path("deliveries/<int:id>/", OneDelivery.as_view(), name="delivery"),
]
