"""The page of one's own inbox, and how many are unread in the pages' head."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.messages.inbox import selectors, services
from backend.messages.inbox.filters import InboxFilter
from backend.messages.inbox.models import InboxMessage
from backend.web.base import EVERYONE, Act, back_to, is_partial
from backend.web.lists import ListPage
from backend.web.navigation import register_counter

register_counter("web:inbox", lazy("Inbox"), "envelope", selectors.unread, most=selectors.MOST_COUNTED)


class Inbox(ListPage):
    """What lies in one's own inbox, the newest first."""

    roles = {"GET": EVERYONE}
    template = "web/mail/inbox.html"
    part = "web/mail/inbox_rows.html"
    name = "inbox"
    filterset_class = InboxFilter
    ordering = ("-id",)
    page_size = 20
    choosing = {
        "unread": lazy("Unread"),
        "search": lazy("Subject"),
        "since": lazy("Came from"),
        "until": lazy("Came until"),
    }
    headings = {
        "created_at": lazy("Came"),
        "subject": lazy("Subject"),
        "text": lazy("Text"),
        "read_at": lazy("Read"),
    }

    def rows(self) -> QuerySet[InboxMessage]:
        return selectors.messages(self.actor)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"unread": [("true", _("yes")), ("false", _("no"))]}

    def more(self) -> Mapping[str, Any]:
        return {"unread": selectors.unread(self.actor)}

    def cells(self, row: InboxMessage) -> Mapping[str, Any]:
        return {
            "created_at": row.created_at,
            "subject": row.delivery.subject,
            "text": row.delivery.text,
            "read_at": row.read_at,
        }


class Mark(Act):
    """Marks one message as read or as unread; as read when it is opened, of which the page that stays is told."""

    roles = {"POST": EVERYONE}
    reading = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not is_partial(request):
            return super().post(request, **kwargs)
        self.act(**kwargs)
        row = self.one(selectors.messages(self.actor), pk=kwargs["id"])
        # The page where it was opened, so that its button leads back there.
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        shown = f"{here.path}?{here.query}" if here.query else here.path or reverse("web:inbox")
        return self.show("web/mail/inbox_marked.html", row=row, here=shown)

    def act(self, id: int) -> str:
        one = self.one(selectors.messages(self.actor), pk=id)
        services.mark(actor=self.actor, ids=[one.pk], read=self.request.POST.get("read") != "false")
        return ""

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:inbox"))


class MarkAll(Act):
    """Marks everything as read."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self) -> str:
        services.mark(actor=self.actor)
        return _("Everything is marked as read.")

    def leads_to(self) -> str:
        return back_to(self.request, reverse("web:inbox"))


urlpatterns = [
    path("inbox/", Inbox.as_view(), name="inbox"),
    path("inbox/read/", MarkAll.as_view(), name="inbox-read"),
    path("inbox/<int:id>/mark/", Mark.as_view(), name="inbox-mark"),
]
