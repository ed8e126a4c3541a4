"""Submissions as pages: the list, one with its progress, findings and receipt, and what is done with it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.reference.folding import fold
from backend.web.base import EVERYONE, Act, is_partial
from backend.web.lists import Label, ListPage
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import CohortRequest
from programs.desks.partner import showing
from programs.desks.rules.overrides import with_exceptions
from programs.desks.threads.showing import told as threads_told
from programs.intake import answers
from programs.intake.answers import language
from programs.intake.downloads import may_have_report
from programs.periods import selectors as periods
from programs.review import selectors as review
from programs.review import threads
from programs.review.withdrawing import may_withdraw
from programs.submissions import selectors, services, templates
from programs.submissions.filters import FindingFilter, SubmissionFilter
from programs.submissions.models import Finding, Submission
from programs.training import showing as training
from programs.training.selectors import foreseen

SENDERS = frozenset({User.Role.PARTNER, User.Role.OFFICER})
STAFF_ONLY = frozenset({"organisation", "opening"})
Status = Submission.Status


HAND_OVER, SIGN, WAIT = "hand_over", "sign", "wait"


def signing_of(submission: Submission, actor: User) -> str:
    """What confirming a checked submission means to ``actor`` where it is signed off: to hand it over, or to sign.

    ``WAIT``: it is handed over, and somebody else has to sign. Nothing: no signature is asked for.
    """
    if submission.status != Status.CHECKED or not services.needs_signature(submission, actor):
        return ""
    if services.may_sign(actor, submission):
        return SIGN
    handed = submission.prepared_at is not None
    return WAIT if handed and (actor.signatory or submission.prepared_by_id == actor.pk) else HAND_OVER


def may_write(actor: User) -> bool:
    """Whether ``actor`` sends, mends and confirms."""
    return actor.role in SENDERS and not actor.read_only and not actor.districts


class Submissions(ListPage):
    """Submissions, the latest first; a partner sees its own organisation's."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/partner/submissions.html"
    part = "desks/partner/submissions_rows.html"
    name = "submissions"
    leads = ("web:submission", "pk")
    filterset_class = SubmissionFilter
    choosing = {
        "template": lazy("Template"),
        "period": lazy("Period"),
        "status": lazy("State"),
        "organisation": lazy("Organisation"),
        "opening": lazy("Opening books"),
        "awaiting": lazy("Awaiting"),
        "practice": lazy("Practice"),
    }
    ordering = ("-id",)
    headings: ClassVar[Mapping[str, Label]] = {
        "id": lazy("Submission"),
        "organisation": lazy("Organisation"),
        "template": lazy("Template"),
        "period": lazy("Period"),
        "status": lazy("State"),
        "file_name": lazy("File"),
        "opening": lazy("Opening books"),
        "rows": lazy("Rows"),
        "accepted": lazy("Taken"),
        "accepted_with_warnings": lazy("of these with warnings"),
        "unchanged": lazy("Unchanged"),
        "rejected": lazy("Left out"),
        "submitted_by": lazy("Sent by"),
        "received_at": lazy("Handed in"),
        "committed_at": lazy("Committed"),
    }

    def rows(self) -> QuerySet[Submission]:
        return selectors.listed(self.actor, self.request.GET.get("practice", ""))

    def cells(self, row: Submission) -> Mapping[str, Any]:
        named = {
            "organisation": row.organisation.code,
            "template": row.template,
            "period": row.period_code,
            "status": row.get_status_display(),
            "submitted_by": row.submitted_by.username,
        }
        return {key: named[key] if key in named else getattr(row, key) for key in self.headings}

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if one.name not in self._hidden()]

    def _hidden(self) -> set[str]:
        if self.actor.sees_everything:
            return {"practice"}
        return set(STAFF_ONLY) - ({"organisation"} if self.actor.sees_several else set())

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        codes = periods.periods(self.actor).order_by("-starts_on", "code").values_list("code", flat=True)
        found: dict[str, Sequence[tuple[str, Label]]] = {
            "template": [(one.code, one.name) for one in templates.known()],
            "period": [(code, code) for code in codes],
            "opening": [("true", _("yes")), ("false", _("no"))],
            "practice": [("true", _("only what was practised"))],
        }
        if self.actor.sees_several:
            partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
            found["organisation"] = [(one.code, f"{one.code} {one.name_zh}") for one in partners]
        return found

    def more(self) -> Mapping[str, Any]:
        return {
            "staff": self.actor.sees_everything,
            "several": self.actor.sees_several,
            "may_write": may_write(self.actor),
            "practised": self.chosen().get("practice") == ["true"],
            "days": settings.PRACTICE_DAYS,
        }


def _lacks_cohort(found: Finding) -> bool:
    """Whether a finding says that a row's cohort is not there."""
    return found.rule == "E08" and found.column == "cohort" and found.params.get("reason") == "unknown"


class SubmissionPage(ListPage):
    """One submission: its findings are the list, everything else stands around them."""

    template = "desks/partner/submission.html"
    part = "desks/partner/findings.html"
    name = "findings"
    filterset_class = FindingFilter
    choosing = {"severity": lazy("Severity"), "rule": lazy("Check"), "row": lazy("Row")}
    ordering = ("position",)
    page_size = 30
    headings: ClassVar[Mapping[str, Label]] = {
        "row": lazy("Row"),
        "header": lazy("Column"),
        "severity": lazy("Severity"),
        "rule": lazy("Check"),
        "message": lazy("What was found"),
        "value": lazy("Value"),
    }
    submission: Submission
    mended: int | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # What the asking page has seen is no filter, and no part of the links that are made from the address.
        given = request.GET.copy()
        self.seen = str(given.pop("seen", [""])[-1])
        request.GET = given  # type: ignore[assignment]
        self.whole = bool(self.seen)

    def find(self, id: int) -> Submission:
        """The submission, as far as the actor may see it. Raises NotFound."""
        self.submission = self.one(selectors.with_practice(self.actor), pk=id)
        return self.submission

    def rows(self) -> QuerySet[Finding]:
        found = selectors.findings(self.actor, self.submission)
        # The values in findings are the partner's and the officer's to see.
        return found if self.actor.role in SENDERS else found.none()

    def present(self, rows: Sequence[Finding]) -> Sequence[dict[str, Any]]:
        severities = dict(FindingFilter.base_filters["severity"].extra["choices"])
        mends = self.submission.status == Status.CHECKED and may_write(self.actor)
        alike = answers.alike(rows, selectors.findings(self.actor, self.submission), self.submission) if mends else {}
        missing = self._missing_cohorts(rows)
        return [
            answers.finding(one, self.submission, language())
            | {
                "severity_label": severities[one.severity],
                "alike": alike.get((one.rule, one.column, one.value), 0),
                "params": one.params,
                "lacks_cohort": _lacks_cohort(one),
                "asked": missing.get(fold(one.value)) if _lacks_cohort(one) else None,
            }
            for one in rows
        ]

    def _missing_cohorts(self, rows: Sequence[Finding]) -> dict[str, CohortRequest]:
        """The latest request for each of the cohorts that are missing, by its folded code."""
        if not any(map(_lacks_cohort, rows)):
            return {}
        asked = catalogue.cohort_requests(self.actor).filter(organisation_id=self.submission.organisation_id)
        return {fold(one.code): one for one in asked.order_by("pk")}

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {key: row["severity_label"] if key == "severity" else row[key] for key in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        return {"rule": [(line["rule"], f"{line['rule']} {line['title']}") for line in self.summary]}

    @cached_property
    def summary(self) -> list[dict[str, Any]]:
        """The findings by rule; kept, since the filters and the page both need it."""
        return answers.summaries(selectors.findings(self.actor, self.submission), language())

    def more(self) -> Mapping[str, Any]:
        submission, writes = self.submission, may_write(self.actor)
        checked = submission.status == Status.CHECKED
        takes = submission.accepted + submission.unchanged
        clarified = any(line["rule"] == "E12" for line in self.summary)
        whole = submission.policy == Submission.Policy.ALL_OR_NOTHING and submission.rejected > 0
        signing = signing_of(submission, self.actor)
        fatal = submission.status == Status.REJECTED and submission.sheet_id is None
        return {
            "submission": submission,
            "threads": threads_told(self.actor, review.threads_on(self.actor, submission_id=submission.pk)),
            "may_question": not submission.practice and threads.may_write(self.actor, submission.organisation_id),
            "here": reverse("web:submission", args=[submission.pk]),
            "summary": with_exceptions(self.summary, submission, self.actor),
            "progress": showing.progress(submission),
            "crowded": [training.foreseen(one) for one in foreseen(self.actor, submission) if one.over],
            "mark": showing.mark(submission),
            "told": self.told(),
            "speak": is_partial(self.request),
            "sees_findings": self.actor.role in SENDERS,
            "sees_changes": self.actor.role in SENDERS and submission.organisation_id not in self.actor.parts,
            "may_mend": checked and writes,
            "may_ask": checked and writes and not self.actor.sees_everything and not submission.practice,
            "may_cancel": writes and submission.status in (Status.RECEIVED, Status.CHECKING, Status.CHECKED),
            "may_confirm": checked and writes and not whole and bool(takes or clarified) and signing != WAIT,
            "signing": signing,
            "may_state": takes
            and not submission.practice
            and submission.status not in (Status.FAILED, Status.CANCELLED),
            "may_write": writes,
            "held_back": checked and whole,
            "confirm_label": _("Hand over for signature")
            if signing == HAND_OVER
            else showing.confirm_label(submission),
            "report": may_have_report(self.actor) and submission.sheet_id is not None and bool(self.summary),
            "fatal": fatal,
            "taken": submission.status in showing.TAKEN,
            "may_withdraw": submission.of_records
            and not submission.practice
            and submission.status in showing.TAKEN
            and submission.withdrawn_at is None
            and may_withdraw(self.actor, submission.organisation_id),
            "confirmed_by": selectors.confirmed_by(submission),
        }

    def told(self) -> str:
        """What is said to whoever hears the page, when a part of it has changed."""
        return showing.told(self.submission)

    def show(self, template: str = "", status: int = 200, **context: Any) -> HttpResponse:
        if self.whole:
            # Asked for by a part of the page, which takes what it needs out of the whole.
            template = ""
            context["partial"] = False
        context["focus"] = self._focus(context.get("rows", ()))
        return super().show(template, status, **context)

    def _focus(self, rows: Sequence[Mapping[str, Any]]) -> int | None:
        """The row at which the work goes on after one was mended: itself while errors are left in it, else the next."""
        if self.mended is None:
            return None
        here = [one["row"] for one in rows if one["row"] == self.mended and one["severity"] != "warning"]
        later = [one["row"] for one in rows if one["row"] is not None and one["row"] > self.mended]
        return next(iter([*here, *later]), 0)


class OneSubmission(SubmissionPage):
    """One submission, in whatever state it is."""

    roles = {"GET": EVERYONE}
    from_above = True

    def get(self, request: HttpRequest, id: int, **kwargs: Any) -> HttpResponse:
        submission = self.find(id)
        if self.seen == showing.mark(submission):
            # Nothing has moved since the asking page was made.
            return HttpResponse(status=204)
        return super().get(request, **kwargs)


class OnSubmission(Act):
    """Something done with one submission, which leads back to it."""

    roles = {"POST": "partner officer"}

    def leads_to(self, id: int) -> str:
        return reverse("web:submission", args=[id])


class Confirm(OnSubmission):
    """Confirms a checked submission, whose good rows are then taken into the books."""

    def act(self, id: int) -> str:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        confirmed = services.confirm(actor=self.actor, submission=submission)
        if confirmed.awaiting:
            return _("Handed over for signature. It is taken once a signatory has confirmed it.")
        return ""


class Cancel(OnSubmission):
    """Withdraws a submission of which nothing has been taken yet."""

    def act(self, id: int) -> str:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        services.cancel(actor=self.actor, submission=submission)
        return _("Submission %(id)s is cancelled. Nothing of it was taken.") % {"id": submission.pk}
