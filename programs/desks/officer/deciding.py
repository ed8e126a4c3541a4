"""Deciding on records by the pages' buttons: on one, on those that are ticked, on all that a filter finds."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.jobs.models import Job
from backend.problems import Conflict, FieldError, Invalid
from backend.web.base import Page, SeeOther, back_to, is_partial, sentence
from programs.desks.numbers import numbers
from programs.desks.officer import words
from programs.desks.officer.queue import Queue
from programs.desks.officer.records import NAMES, one_row, presented
from programs.desks.officer.words import DECISIONS
from programs.records import selectors
from programs.records.models import Amendment, Record
from programs.records.showing import COLUMNS
from programs.review import choosing, services
from programs.review.choosing import Chosen
from programs.review.rulings import NEEDS_REASON, Kind
from programs.review.services import LONGEST_REASON, Summary

SHOWN = 20
OWN = ("next", "decision", "ids", "seen")


def reason_of(request: HttpRequest) -> str:
    """Why, as the form says it. Raises Invalid where it is too long."""
    reason = request.POST.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "max_length", told)])
    return reason


def fields_of(request: HttpRequest) -> dict[str, str]:
    """The reasons of a return by column, as the form says them."""
    start = "field-"
    return {name.removeprefix(start): str(value) for name, value in request.POST.items() if name.startswith(start)}


def with_undo(said: str, run_id: int | None) -> str:
    """What was done, with the way to undo it."""
    if run_id is None:
        return said
    return format_html(
        '{} <a class="alert-link text-decoration-underline" href="{}">{}</a>',
        said,
        reverse("web:decision-run", args=[run_id]),
        _("Undo"),
    )


class DecideOne(Page):
    """A decision on one record, or on its pending amendment, going by the values that the officer had before them.

    The address keeps the filter of the queue; the next record of it is shown then, or the list that the form names. A
    row of a list is answered alone, to be put in the place of the old one.
    """

    roles = {"POST": "officer"}
    http_method_names = ["post"]
    decision = Kind.VERIFY

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        record = self.one(selectors.records(self.actor), pk=id)
        going = Queue.of(request.GET)
        asked = "reason" in request.POST
        if self.decision in NEEDS_REASON and not asked:
            return SeeOther(self._question(id, going))
        amends = record.pending and record.state == Record.State.VERIFIED and self.decision != Kind.REVOKE
        try:
            with transaction.atomic():
                outcome = services.decide_one(
                    record_id=id,
                    decision=self.decision,
                    reason=reason_of(request),
                    actor=self.actor,
                    submissions=frozenset(numbers(request.POST.getlist("seen"), "seen")),
                    fields=fields_of(request) if self.decision == Kind.RETURN else None,
                )
        except (Conflict, Invalid) as problem:
            return self._refused(id, going, problem)
        if outcome.first_verified:
            return self._done(id, going, words.first_verified(id))
        said = words.done_to_amendment if amends else words.done_to_one
        return self._done(id, going, said(self.decision, id), outcome.run_id)

    def _question(self, id: int, going: Queue) -> str:
        """Where the reason is asked for, for a browser without scripts."""
        asked = {"ids": id, "decision": self.decision.value, "next": back_to(self.request, _address(id, going))}
        seen = [("seen", one) for one in self.request.POST.getlist("seen")]
        return f"{reverse('web:records-decide')}?{urlencode([*asked.items(), *seen])}"

    def _done(self, id: int, going: Queue, said: str, run_id: int | None = None) -> HttpResponse:
        if is_partial(self.request):
            return self._row(id, said)
        messages.success(self.request, with_undo(said, run_id))
        if "next" in self.request.POST:
            return SeeOther(back_to(self.request, _address(id, going)))
        if not going:
            return SeeOther(_address(id, going))
        following = going.next_after(id, self.actor, self.request)
        if following is None:
            messages.info(self.request, _("That was the last record of this queue."))
            return SeeOther(f"{reverse('web:records')}?{going.address}")
        return SeeOther(_address(following, going))

    def _refused(self, id: int, going: Queue, problem: Conflict | Invalid) -> HttpResponse:
        if is_partial(self.request):
            return self._row(id, sentence(problem), problem.status)
        messages.error(self.request, sentence(problem))
        return SeeOther(_address(id, going))

    def _row(self, id: int, said: str, status: int = 200) -> HttpResponse:
        row = one_row(id, self.actor)
        here = back_to(self.request, reverse("web:records"))
        context = {"row": row, "deciding": True, "refused": said if status != 200 else "", "here": here}
        response = self.show("desks/officer/record_row.html", status, **context, queue=Queue.of(self.request.GET))
        response["HX-Trigger"] = json.dumps({"shugu:said": said})
        return response


def _address(id: int, going: Queue) -> str:
    return reverse("web:record", args=[id]) + (f"?{going.address}" if going else "")


@dataclass(frozen=True)
class Subject:
    """What is decided on: the records that are ticked, with the submissions whose values were seen, or a filter."""

    ids: list[int]
    seen: list[int]
    queue: Queue

    @classmethod
    def of(cls, given: QueryDict, kept: QueryDict) -> "Subject":
        """As a form or an address names it. Raises Problem for what cannot be read."""
        return cls(numbers(given.getlist("ids"), "ids"), numbers(given.getlist("seen"), "seen"), Queue.of(kept))

    def __bool__(self) -> bool:
        return bool(self.ids or self.queue)


class DecideMany(Page):
    """A decision on many records: those that are ticked, or all that a filter finds once the officer has seen how many.

    What cannot be decided so, because somebody else was faster or it was reported anew, is passed over and listed.
    """

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/officer/decide.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = request.GET.copy()
        for name in OWN:
            kept.pop(name, None)
        subject = Subject.of(request.GET, kept)
        if not subject:
            return SeeOther(reverse("web:records"))
        return self._ask(subject, decision=request.GET.get("decision", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST
        subject = Subject.of(given, QueryDict(given.get("filter", "")))
        if not subject:
            messages.error(request, _("Nothing was ticked. Tick the records that you mean."))
            return SeeOther(back_to(request, reverse("web:records")))
        decision = given.get("decision", "")
        if decision not in DECISIONS:
            raise Invalid(
                [FieldError("decision", "invalid", _("Say what is decided: verify, return, reject, revoke."))]
            )
        if decision in NEEDS_REASON and "reason" not in given:
            return self._ask(subject, decision=decision)
        try:
            with transaction.atomic():
                chosen = self._chosen(subject)
                outcome = choosing.decide(chosen, decision=decision, reason=reason_of(request), actor=self.actor)
        except (Conflict, Invalid) as problem:
            return self._ask(subject, reason=given.get("reason", ""), problem=problem)
        return self._tell(outcome, decision, len(chosen.ids))

    def _chosen(self, subject: Subject) -> Chosen:
        """The records, as they are at this moment. Raises Conflict where the filter finds more than was shown."""
        if subject.ids:
            return choosing.by_ids(subject.ids, frozenset(subject.seen), actor=self.actor)
        chosen = choosing.by_filter(subject.queue.values, actor=self.actor, request=self.request)
        [expected] = numbers([self.request.POST.get("expected") or "0"], "expected")
        if len(chosen.ids) > expected:
            raise Conflict(
                _("Meanwhile more was reported: the filter finds %(now)s records now and found %(then)s. Look again.")
                % {"now": f"{len(chosen.ids):,}", "then": f"{expected:,}"}
            )
        return chosen

    def _ask(
        self,
        subject: Subject,
        *,
        decision: str = "",
        reason: str = "",
        problem: Conflict | Invalid | None = None,
        effect: dict[str, Any] | None = None,
    ) -> HttpResponse:
        rows = selectors.records(self.actor).filter(pk__in=subject.ids)
        if not subject.ids:
            rows = subject.queue.rows(self.actor, self.request)
        found = rows.order_by().values("state", "pending").annotate(n=Count("pk")).order_by("state", "pending")
        states: list[dict[str, Any]] = [{**one, "label": Record.State(one["state"]).label} for one in found]
        total = sum(one["n"] for one in states)
        able = _decidable(rows, states, subject)
        # Where something waits, taking back what stands beside it is hardly meant; whoever means it says so.
        revoking = decision == Kind.REVOKE or not able[Kind.VERIFY]
        listed = rows.order_by("-pk").values(*COLUMNS.values(), *NAMES)[:SHOWN]
        return self.show(
            status=problem.status if problem else 200,
            subject=subject,
            total=total,
            conditions=words.conditions({} if subject.ids else subject.queue.values),
            states=states,
            listed=presented(listed, self.actor),
            buttons=[
                {"word": word, "count": able[kind], "label": words.act_on(kind, able[kind])}
                for kind, word in DECISIONS.items()
                if able[kind] and decision in ("", kind) and (kind != Kind.REVOKE or revoking)
            ],
            decision=DECISIONS.get(decision),
            later=total > services.AT_ONCE,
            at_once=services.AT_ONCE,
            reason=reason,
            effect=effect,
            refused=sentence(problem) if problem else "",
            longest=LONGEST_REASON,
            back=back_to(self.request, f"{reverse('web:records')}?{subject.queue.address}"),
        )

    def _tell(self, outcome: Summary | Job, decision: str, count: int) -> HttpResponse:
        back = back_to(self.request, reverse("web:records"))
        if isinstance(outcome, Job):
            told = ngettext("%(n)s record is being decided on.", "%(n)s records are being decided on.", count)
            messages.info(self.request, told % {"n": f"{count:,}"})
            return SeeOther(reverse("web:job", args=[outcome.pk]))
        told = with_undo(" ".join(told_of(outcome, decision)), outcome.run)
        if not outcome.skipped_count:
            (messages.success if outcome.decided else messages.info)(self.request, told)
            return SeeOther(back)
        skipped = skipped_rows(outcome.skipped, self.actor)
        return self.show(
            "desks/officer/decided.html",
            told=told,
            skipped=skipped,
            skipped_count=outcome.skipped_count,
            decided=outcome.decided,
            back=back,
        )


def told_of(outcome: Summary, decision: str) -> list[str]:
    """What came of a decision, in sentences."""
    said = [words.done_to(decision, outcome.decided)]
    if outcome.first_verified:
        said.append(words.first_verified_of(outcome.first_verified))
    if outcome.standing:
        said.append(words.stood_so(outcome.standing))
    return said


def skipped_rows(skipped: list[dict[str, Any]], actor: Any) -> list[dict[str, Any]]:
    """The records that were passed over, as lists show them, with the state in which they were found."""
    found = selectors.records(actor).filter(pk__in=[one["id"] for one in skipped]).values(*COLUMNS.values(), *NAMES)
    rows = {row["id"]: row for row in presented(found, actor)}
    return [
        rows[one["id"]]
        | {
            "found": one["state"],
            "found_label": Record.State(one["state"]).label,
            "passed_why": words.why(one),
            "lot": one.get("lot"),
        }
        for one in skipped
        if one["id"] in rows
    ]


def _decidable(rows: QuerySet[Record], states: list[dict[str, Any]], subject: Subject) -> dict[str, int]:
    """By decision, how many of the records it would be taken on as they stand."""

    def count(state: str, pending: bool | None = None) -> int:
        return sum(one["n"] for one in states if one["state"] == state and pending in (None, one["pending"]))

    amended, verified = count(Record.State.VERIFIED, True), count(Record.State.VERIFIED)
    submission = None if subject.ids else choosing.submission_of(subject.queue.values)
    if submission is not None:
        # Of one submission only what it brought is decided on: values from others are left alone.
        amended = rows.filter(amendments__state=Amendment.State.PENDING, amendments__submission=submission).count()
        verified = rows.filter(state=Record.State.VERIFIED, submission=submission).count()
    waiting = count(Record.State.SUBMITTED) + amended
    return {Kind.VERIFY: waiting, Kind.RETURN: waiting, Kind.REJECT: waiting, Kind.REVOKE: verified}
