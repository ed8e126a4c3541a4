"""Taking records on by the pages' buttons: claiming, the next ones, giving back, handing over, taking over."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.problems import Conflict, FieldError, Invalid, Problem
from backend.web.base import Act, Page, SeeOther, back_to, is_partial, sentence
from programs.desks.numbers import numbers
from programs.desks.officer.queue import Queue, order_of
from programs.desks.officer.records import NEXT, one_row
from programs.records import selectors
from programs.review import choosing, claims


class _Chosen(Act):
    """Something done to the records that are ticked, or to all that a filter finds."""

    roles = {"POST": "officer"}

    def ids(self) -> list[int]:
        """The records that the form names. Raises Invalid where it names none."""
        given = self.request.POST
        if given.get("filter"):
            queue = Queue.of(QueryDict(given["filter"]))
            return choosing.by_filter(queue.values, actor=self.actor, request=self.request).ids
        ids = numbers(given.getlist("ids"), "ids")
        if not ids:
            raise Invalid([FieldError("ids", "required", _("Nothing was ticked. Tick the records that you mean."))])
        return choosing.by_ids(ids, actor=self.actor).ids

    def leads_to(self) -> str:
        return back_to(self.request, reverse("web:records"))


class Claim(_Chosen):
    """Takes records on."""

    def act(self) -> str:
        outcome = claims.claim(actor=self.actor, ids=self.ids())
        if outcome.held_count:
            others = ", ".join(sorted({one["by"] for one in outcome.held}))
            told = ngettext(
                "%(n)s is held by a colleague: %(by)s.", "%(n)s are held by colleagues: %(by)s.", outcome.held_count
            )
            messages.warning(self.request, told % {"n": f"{outcome.held_count:,}", "by": others})
        return claimed(len(outcome.ids))


class ClaimNext(Act):
    """Takes on the next records of the list that nobody holds, and shows them."""

    roles = {"POST": "officer"}

    def act(self) -> str:
        queue = Queue.of(QueryDict(self.request.POST.get("filter", "")))
        rows = queue.rows(self.actor, self.request)
        order = order_of(queue.given) if queue.given.get("submission") or queue.given.get("sort") else queue.WAITING
        outcome = claims.claim_next(actor=self.actor, rows=rows, order=order, count=NEXT)
        if not outcome.ids:
            messages.info(self.request, _("Nothing of this list waits that is not claimed already."))
            return ""
        return claimed(len(outcome.ids))

    def leads_to(self) -> str:
        return f"{reverse('web:records')}?{urlencode({'waiting': 'true', 'claim': 'mine', 'sort': 'waiting'})}"


class Release(_Chosen):
    """Gives records back."""

    def act(self) -> str:
        count = claims.release(actor=self.actor, ids=self.ids())
        return ngettext("%(n)s record is free again.", "%(n)s records are free again.", count) % {"n": f"{count:,}"}


class Renew(Page):
    """An open page says that its officer is at work."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        claims.renew(actor=self.actor)
        return HttpResponse(status=204)


class _Moving(_Chosen, Page):
    """A page that asks what is needed before claims go from one officer to another."""

    roles = {"GET": "officer", "POST": "officer"}
    http_method_names = ["get", "head", "post"]
    template = "desks/officer/claims_move.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(numbers(request.GET.getlist("ids"), "ids"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ids = numbers(request.POST.getlist("ids"), "ids")
        if not ids:
            messages.error(request, _("Nothing was ticked. Tick the records that you mean."))
            return SeeOther(self.leads_to())
        if "sure" not in request.POST:
            return self._ask(ids)
        try:
            with transaction.atomic():
                said = self.move(ids)
        except (Conflict, Invalid) as problem:
            return self._ask(ids, problem)
        messages.success(request, said)
        return SeeOther(self.leads_to())

    def move(self, ids: list[int]) -> str:
        """Moves them; the sentence that says so. Raises Problem."""
        raise NotImplementedError

    def words(self) -> dict[str, Any]:
        """What the page says of itself."""
        raise NotImplementedError

    def _ask(self, ids: list[int], problem: Problem | None = None) -> HttpResponse:
        held = selectors.claims_on(ids)
        rows = [
            one_row(id, self.actor)
            for id in selectors.records(self.actor).filter(pk__in=ids).values_list("pk", flat=True)[:50]
        ]
        return self.show(
            status=problem.status if problem else 200,
            rows=rows,
            count=len(ids),
            ids=ids,
            held=held,
            officers=claims.officers(self.actor),
            text=self.request.POST.get("text", ""),
            to=self.request.POST.get("to", ""),
            refused=sentence(problem) if problem else "",
            back=self.leads_to(),
            longest=claims.LONGEST,
            **self.words(),
        )


class HandOver(_Moving):
    """Hands records over to a colleague."""

    def words(self) -> dict[str, Any]:
        return {
            "title": _("Hand over to a colleague"),
            "label": _("A word to the colleague"),
            "button": _("Hand over"),
            "address": reverse("web:claims-hand-over"),
            "choosing": True,
        }

    def move(self, ids: list[int]) -> str:
        to = User.objects.filter(username=self.request.POST.get("to", ""), role=User.Role.OFFICER).first()
        if to is None:
            raise Invalid([FieldError("to", "required", _("Name a colleague who is an officer."))])
        count = claims.hand_over(actor=self.actor, ids=ids, to=to, note=self.request.POST.get("text", ""))
        told = ngettext("%(to)s has %(n)s record now.", "%(to)s has %(n)s records now.", count)
        return told % {"n": f"{count:,}", "to": to.username}


class TakeOver(_Moving):
    """Takes records over from the colleague who holds them."""

    def words(self) -> dict[str, Any]:
        return {
            "title": _("Take over from a colleague"),
            "label": _("Why you take it over"),
            "button": _("Take over"),
            "address": reverse("web:claims-take-over"),
            "choosing": False,
        }

    def move(self, ids: list[int]) -> str:
        count = claims.take_over(actor=self.actor, ids=ids, reason=self.request.POST.get("text", ""))
        return claimed(count)


class _OneRow(Page):
    """Done to one record from its row or its page; a row is answered alone, to be put in the place of the old one."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.records(self.actor), pk=id)
        going = Queue.of(request.GET)
        said, refused = self.act(id)
        if is_partial(request):
            context = {"row": one_row(id, self.actor), "deciding": True, "refused": said if refused else ""}
            here = back_to(request, reverse("web:records"))
            response = self.show(
                "desks/officer/record_row.html", 409 if refused else 200, **context, here=here, queue=going
            )
            response["HX-Trigger"] = json.dumps({"shugu:said": said})
            return response
        (messages.error if refused else messages.success)(request, said)
        own = reverse("web:record", args=[id]) + (f"?{going.address}" if going else "")
        return SeeOther(back_to(request, own))

    def act(self, id: int) -> tuple[str, bool]:
        """Does it; what is said, and whether it was refused."""
        raise NotImplementedError


class ClaimOne(_OneRow):
    """Takes one record on."""

    def act(self, id: int) -> tuple[str, bool]:
        outcome = claims.claim(actor=self.actor, ids=[id])
        if outcome.held:
            return _("Record %(id)s is claimed by %(by)s.") % {"id": id, "by": outcome.held[0]["by"]}, True
        return _("You have claimed record %(id)s.") % {"id": id}, False


class ReleaseOne(_OneRow):
    """Gives one record back."""

    def act(self, id: int) -> tuple[str, bool]:
        claims.release(actor=self.actor, ids=[id])
        return _("Record %(id)s is free again.") % {"id": id}, False


def claimed(count: int) -> str:
    """That so many records are the officer's now."""
    return ngettext("You have claimed %(n)s record.", "You have claimed %(n)s records.", count) % {"n": f"{count:,}"}
