"""Pages about records: the review queue, which partners read as the list of what they reported, and one record."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.naming import in_language
from backend.web.base import EVERYONE, Page
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.desks.officer import one_record, queue
from programs.desks.officer.queue import Queue
from programs.desks.officer.words import DECISIONS, FILTERS, FOR_OFFICERS
from programs.desks.threads.showing import told as threads_told
from programs.periods import selectors as periods
from programs.records import selectors
from programs.records.filters import RecordFilter
from programs.records.models import Outcome, Record
from programs.records.showing import COLUMNS, HIGH_END, OTHER, shown
from programs.records.threads import Thread
from programs.review import selectors as review
from programs.review.sampling.holding import held
from programs.review.sampling.settings import in_force
from programs.review.threads import may_write
from programs.review.withdrawing import may_withdraw
from programs.submissions import selectors as submissions

NAMES = tuple(f"{thing}__name_{language}" for thing in ("organisation", "programme") for language in ("zh", "en"))
MOST_COHORTS = 300
MOST_PERIODS = 60
NEXT = 20
"""So many records are claimed by one press of the button."""
TIERS = ((HIGH_END, lazy("High-end")), (OTHER, lazy("Other talent")))
WITHDRAWABLE = frozenset({Record.State.SUBMITTED, Record.State.RETURNED})
FOLDED = frozenset(
    {"cohort", "period", "submission", "path", "outcome", "waiting_since", "second", "credential", "rule"}
)
"""Filters that stand behind “More filters” until one of them is chosen."""
YES_OR_NO = (("true", lazy("Yes")), ("false", lazy("No")))


def may_decide(actor: User) -> bool:
    """Whether decisions are offered to ``actor``."""
    return actor.role == User.Role.OFFICER


def presented(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Records, read by ``COLUMNS`` and ``NAMES``, as lists and single rows show them.

    Added to what the API answers: names in the reader's language, labels, the submissions whose values are ``seen``,
    how many ``warnings`` those values carry (for whoever may read findings), and what may be decided.
    """
    waiting = {
        amendment.record_id: (amendment.submission_id, amendment.row)
        for amendment in selectors.waiting(row["id"] for row in rows if row["pending"])
    }
    places = {row["id"]: waiting.get(row["id"], (row["submission_id"], row["row"])) for row in rows}
    claims = selectors.claims_on(row["id"] for row in rows) if may_decide(actor) else {}
    first = selectors.first_verified(row["id"] for row in rows) if may_decide(actor) else {}
    asked = review.asked_about(row["id"] for row in rows)
    warned = submissions.warned(actor, places.values()) if actor.role in READERS_OF_FINDINGS else {}
    answers = shown(rows, actor)
    for answer, row in zip(answers, rows, strict=True):
        for thing in ("organisation", "programme"):
            name = in_language(row[f"{thing}__name_zh"], row[f"{thing}__name_en"])
            answer[f"{thing}_name"] = name
        answer["outcome_label"] = Outcome(row["outcome"]).label
        answer["state_label"] = Record.State(row["state"]).label
        answer["seen"] = sorted({row["submission_id"], places[row["id"]][0]})
        answer["warnings"] = warned.get(places[row["id"]], 0)
        claim = claims.get(row["id"])
        answer["claim"] = claim
        answer["mine"] = claim is not None and claim.officer_id == actor.pk
        answer["first"] = first.get(row["id"])
        answer["asked"] = asked.get(row["id"], "")
        answer["asked_label"] = Thread.State(answer["asked"]).label if answer["asked"] else ""
        answer["open"] = row["state"] == Record.State.SUBMITTED or row["pending"]
    return answers


READERS_OF_FINDINGS = frozenset({User.Role.PARTNER, User.Role.OFFICER})


def choices_of_periods(actor: User) -> list[tuple[str, Label]]:
    """The periods that records may be looked for by, the latest first."""
    codes = periods.periods(actor).order_by("-starts_on", "code").values_list("code", flat=True)
    return [(code, code) for code in codes[:MOST_PERIODS]]


def one_row(record_id: int, actor: User) -> dict[str, Any]:
    """One record as a list shows it; the caller has found out that ``actor`` may see it."""
    [answer] = presented(selectors.records(actor).filter(pk=record_id).values(*COLUMNS.values(), *NAMES), actor)
    return answer


class Records(ListPage):
    """Records: an officer's queue, a partner's own, everybody's for managers and administrators, names masked."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/officer/records.html"
    part = "desks/officer/records_part.html"
    name = "records"
    leads = ("web:record", "id")
    plain = False
    filterset_class = RecordFilter
    choosing = FILTERS
    headings = {
        "id": lazy("Record"),
        "partner_ref": lazy("Partner reference"),
        "name": lazy("Name"),
        "id_number": lazy("ID number"),
        "organisation": lazy("Organisation"),
        "programme": lazy("Programme"),
        "cohort": lazy("Cohort"),
        "path": lazy("Path"),
        "outcome": lazy("Outcome"),
        "started_on": lazy("Started on"),
        "completed_on": lazy("Completed on"),
        "tier": lazy("Tier"),
        "state": lazy("State"),
        "pending": lazy("Amended"),
        "reason": lazy("Reason"),
        "submission": lazy("Submission"),
        "row": lazy("Row"),
        "reported_at": lazy("Reported at"),
        "decided_at": lazy("Decided at"),
    }

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]
        return queue.order_of(self.request.GET)

    def rows(self) -> Any:
        return selectors.records(self.actor).values(*COLUMNS.values(), *NAMES)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows, self.actor)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {
            "path": dict(RecordFilter.base_filters["path"].extra["choices"])[row["path"]],
            "outcome": row["outcome_label"],
            "tier": dict(TIERS)[row["tier"]],
            "state": row["state_label"],
            "pending": _("Yes") if row["pending"] else _("No"),
        }
        return {**row, **{name: str(label) for name, label in told.items()}}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        given = self.chosen()
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        programmes = catalogue.programmes(self.actor).prefetch_related(None).order_by("code")
        found: dict[str, Sequence[tuple[str, Label]]] = {
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "programme": [(one.code, f"{named(one)} · {one.code}") for one in programmes],
            "tier": TIERS,
            **dict.fromkeys(("pending", "waiting", "second"), YES_OR_NO),
            "period": choices_of_periods(self.actor),
        }
        cohorts = catalogue.cohorts(self.actor).order_by("code")
        for name in ("organisation", "programme"):
            if given.get(name):
                cohorts = cohorts.filter(**{f"{name}__code": given[name][-1]})
        codes = list(cohorts.values_list("code", flat=True)[: MOST_COHORTS + 1])
        if len(codes) <= MOST_COHORTS:
            found["cohort"] = [(code, code) for code in codes]
        return found

    def offered(self) -> list[Any]:
        # A partner has one organisation, its own, unless others are part of it.
        hidden = set() if self.actor.sees_several else {"organisation"}
        hidden |= set() if may_decide(self.actor) else FOR_OFFICERS
        return [one for one in super().offered() if one.name not in hidden]

    @property
    def ticks(self) -> str:  # type: ignore[override]
        return "desks/officer/record_tick.html" if may_decide(self.actor) else ""

    def more(self) -> Mapping[str, Any]:
        return {
            "deciding": may_decide(self.actor),
            "decisions": DECISIONS.values(),
            "queue": Queue.of(self.request.GET),
            "tabs": self._tabs(),
            "here": self.request.get_full_path(),
            "by_lots": may_decide(self.actor) and in_force().on,
            "beside_views": "desks/officer/claim_next.html" if may_decide(self.actor) else "",
            "folded": FOLDED,
            "unfolded": bool(FOLDED & self.chosen().keys()),
            "next_count": NEXT,
        }

    def _tabs(self) -> list[dict[str, Any]]:
        given = self.chosen()
        told = [
            (_("Awaiting review"), "?state=submitted", given.get("state") == ["submitted"]),
            (_("Amendments"), "?pending=true", given.get("pending") == ["true"]),
            (_("Returned"), "?state=returned", given.get("state") == ["returned"]),
            (_("All"), f"{self.request.path}?state=", not given),
        ]
        if may_decide(self.actor):
            mine = {"waiting": ["true"], "claim": ["mine"], "sort": ["waiting"]}
            told.insert(0, (_("Mine"), "?waiting=true&claim=mine&sort=waiting", given == mine))
        return [{"label": label, "url": url, "here": here} for label, url, here in told]


class OneRecord(Page):
    """One record with all that is known of it; an officer decides here and goes on to the next."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/officer/record.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        record = self.one(selectors.records(self.actor).select_related("submission__period"), pk=id)
        going = Queue.of(request.GET)
        return self.show(
            row=one_row(id, self.actor),
            record=record,
            may_ask=may_write(self.actor, record.organisation_id),
            threads=threads_told(self.actor, review.threads_on(self.actor, record_id=id)),
            here=request.get_full_path(),
            **one_record.told(record, self.actor),
            queue=going,
            next_id=going.next_after(id, self.actor, request) if may_decide(self.actor) else None,
            deciding=may_decide(self.actor),
            buttons=one_record.buttons(record) if may_decide(self.actor) else (),
            undoing=one_record.undoable(record) if may_decide(self.actor) else None,
            mending=one_record.mendable(record, self.actor),
            question=DECISIONS,
            lot=held([id]).get(id) if may_decide(self.actor) else None,
            withdrawing=may_withdraw(self.actor, record.organisation_id)
            and (record.state in WITHDRAWABLE or record.pending),
        )
