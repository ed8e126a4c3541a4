"""Pages about questions, for both sides: the list, one of them, asking, answering, closing."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.web.base import EVERYONE, Act, Page, back_to
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.threads.showing import presented, state_of, told
from programs.records import selectors
from programs.records.threads import Thread
from programs.review import selectors as review
from programs.review import threads
from programs.review.filters import ThreadFilter
from programs.submissions import selectors as submissions


class Threads(ListPage):
    """Questions, those in which something was said last first; a partner's own, for staff everybody's."""

    roles = {"GET": EVERYONE}
    template = "desks/threads/threads.html"
    part = "desks/threads/threads_part.html"
    name = "threads"
    leads = ("web:thread", "thread.pk")
    filterset_class = ThreadFilter
    choosing = {"state": lazy("State"), "unread": lazy("Unread"), "organisation": lazy("Organisation")}
    ordering = ("-moved_at", "-id")
    headings: ClassVar[Mapping[str, Label]] = {
        "id": lazy("Question"),
        "organisation": lazy("Organisation"),
        "about": lazy("About"),
        "state": lazy("State"),
        "opened_at": lazy("Asked at"),
        "moved_at": lazy("Latest word"),
    }

    def rows(self) -> Any:
        return selectors.threads(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows, self.actor)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one = row["thread"]
        return {
            "id": one.pk,
            "organisation": one.organisation.code,
            "about": row["about"],
            "state": row["label"],
            "opened_at": one.opened_at,
            "moved_at": one.moved_at,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "state": [(state.value, state_of(Thread(state=state), self.actor)) for state in Thread.State],
            "unread": [("true", _("Yes")), ("false", _("No"))],
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        return {"staff": self.actor.sees_everything, "unread": review.unread(self.actor)}


class OneThread(Page):
    """One question with all that was said; whoever opens it has read it."""

    roles = {"GET": EVERYONE}
    template = "desks/threads/thread.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        thread = self.one(selectors.threads(self.actor), pk=id)
        [one] = told(self.actor, [thread])
        if self.actor.role in ("partner", "officer"):
            threads.read(actor=self.actor, thread=thread)
        return self.show(one=one, thread=thread, longest=threads.LONGEST, here=request.path)


class Ask(Act):
    """Asks about a record or a submission."""

    roles = {"POST": "partner officer"}

    def act(self) -> str:
        given = self.request.POST
        about: dict[str, Any] = {}
        for name, rows in (("record", selectors.records), ("submission", submissions.submissions)):
            number = given.get(name, "")
            if number.isascii() and number.isdigit() and len(number) < 19:
                about[name] = self.one(rows(self.actor), pk=int(number))
                break
        threads.open_thread(actor=self.actor, text=given.get("text", ""), **about)
        return _("Asked. The other side sees it on its desk.")

    def leads_to(self) -> str:
        return f"{back_to(self.request, reverse('web:threads'))}#threads"


class Say(Act):
    """Says something in a thread."""

    roles = {"POST": "partner officer"}

    def act(self, id: int) -> str:
        thread = self.one(selectors.threads(self.actor), pk=id)
        threads.say(actor=self.actor, thread=thread, text=self.request.POST.get("text", ""))
        return _("Said. The other side sees it on its desk.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:thread", args=[id]))


class Close(Act):
    """Closes a question that is settled."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        threads.close(actor=self.actor, thread=self.one(selectors.threads(self.actor), pk=id))
        return _("The question is closed.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:thread", args=[id]))
