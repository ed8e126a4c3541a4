"""Pages about credentials: those to be examined, one of them, and an officer's verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.problems import FieldError, Invalid, Problem
from backend.web.base import EVERYONE, Act, Page, SeeOther, back_to, is_partial, sentence
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.credentials import showing
from programs.desks.credentials.showing import SAID
from programs.desks.numbers import numbers
from talent.credentials import choosing, examining, selectors
from talent.credentials.examining import AT_ONCE, LONGEST_REASON, NEEDS_REASON, Examined
from talent.credentials.filters import CredentialFilter
from talent.credentials.models import Examination
from talent.credentials.showing import COLUMNS

Verdict = Examination.Verdict
SHOWN = 20
YES_OR_NO = (("true", lazy("Yes")), ("false", lazy("No")))
FILTERS: Mapping[str, Label] = {
    "state": lazy("State"),
    "kind": lazy("Kind"),
    "evidence": lazy("Shown by a file"),
    "organisation": lazy("Organisation"),
    "school": lazy("School"),
    "held_from": lazy("Held from"),
}
ACTS: Mapping[Verdict, tuple[Label, str, str]] = {
    Verdict.CONFIRM: (lazy("Confirm"), "check", "btn-primary"),
    Verdict.REFUTE: (lazy("Found false"), "x-mark", "btn-outline-danger"),
    Verdict.REOPEN: (lazy("Take the verdict back"), "arrow-uturn-left", ""),
}


class Credentials(ListPage):
    """Education and titles: an officer's list to examine, a partner's own, everybody's for managers."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/credentials/credentials.html"
    part = "desks/credentials/credentials_part.html"
    name = "credentials"
    leads = ("web:credential", "id")
    plain = False
    filterset_class = CredentialFilter
    choosing = FILTERS
    ordering = ("-id",)
    headings = {
        "id": lazy("Credential"),
        "name": lazy("Name"),
        "organisation_name": lazy("Organisation"),
        "record": lazy("Record"),
        "kind_label": lazy("Kind"),
        "label": lazy("Education or title"),
        "school": lazy("School"),
        "held_from": lazy("Held from"),
        "number": lazy("Certificate"),
        "evidence_count": lazy("Files"),
        "state_label": lazy("State"),
    }

    def rows(self) -> Any:
        return selectors.credentials(self.actor).values(*COLUMNS.values())

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return showing.presented(rows, self.actor)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, "kind_label": str(row["kind_label"]), "state_label": str(row["state_label"])}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "evidence": YES_OR_NO,
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_several or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        given = self.chosen()
        tabs = (
            (_("To be examined"), "?examined=false", given.get("examined") == ["false"]),
            (_("Shown by files"), "?state=evidenced", given.get("state") == ["evidenced"]),
            (_("Found false"), "?state=refuted", given.get("state") == ["refuted"]),
            (_("All"), self.request.path, not given),
        )
        kept = QueryDict(mutable=True)
        for name, values in given.items():
            kept.setlist(name, values)
        return {
            "tabs": [{"label": label, "url": url, "here": here} for label, url, here in tabs],
            "judging": self.actor.role == User.Role.OFFICER,
            "acts": acts(Verdict),
            "queue": kept.urlencode(),
            "here": self.request.get_full_path(),
        }


class OneCredential(Page):
    """One credential: the claim, the files that show it, what was found out; verdicts and filing for who may."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/credentials/credential.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.credentials(self.actor), pk=id)
        [one] = showing.whole([id], self.actor)
        if is_partial(request) and request.GET.get("waiting") and one["waiting"]:
            return HttpResponse(status=204)
        return self.show(one=one, acts=acts_on(one), longest=LONGEST_REASON, here=request.path)


class Judge(Act):
    """A verdict on one credential, or its taking back."""

    roles = {"POST": "officer"}
    verdict = Verdict.CONFIRM

    def act(self, id: int) -> str:
        reason = self.request.POST.get("reason", "")
        examining.examine_one(credential_id=id, verdict=self.verdict, reason=reason, actor=self.actor)
        told = {
            Verdict.CONFIRM: _("Credential %(id)s is confirmed."),
            Verdict.REFUTE: _("Credential %(id)s is found false; who counted by it is settled anew."),
            Verdict.REOPEN: _("The verdict on credential %(id)s is taken back."),
        }
        return told[self.verdict] % {"id": id}

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:credential", args=[id]))


class JudgeMany(Page):
    """One verdict on those that are ticked, or on all that a filter finds once the officer has seen how many."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/credentials/examine.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = request.GET.copy()
        kept.pop("verdict", None)
        kept.pop("next", None)
        if not kept:
            return SeeOther(reverse("web:credentials"))
        return self._ask([], kept, request.GET.get("verdict", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST
        ids, kept = numbers(given.getlist("ids"), "ids"), QueryDict(given.get("filter", ""))
        verdict = given.get("verdict", "")
        if not ids and not kept:
            told = _("Nothing was ticked. Tick the credentials that you mean.")
            raise Invalid([FieldError("ids", "required", told)])
        if verdict not in Verdict.values:
            raise Invalid([FieldError("verdict", "invalid", _("Say what was found: confirm, refute or reopen."))])
        if Verdict(verdict) in NEEDS_REASON and "reason" not in given:
            return self._ask(ids, kept, verdict)
        try:
            if ids:
                chosen, asked = choosing.by_ids(ids, actor=self.actor)
            else:
                chosen, asked = choosing.by_filter(kept.dict(), actor=self.actor, request=request)
            done = examining.examine_many(
                ids=chosen, verdict=verdict, reason=given.get("reason", ""), actor=self.actor, asked=asked
            )
        except Problem as problem:
            return self._ask(ids, kept, verdict, problem)
        return self._tell(done, Verdict(verdict))

    def _ask(self, ids: list[int], kept: QueryDict, verdict: str, problem: Problem | None = None) -> HttpResponse:
        rows = selectors.credentials(self.actor).filter(pk__in=ids)
        if not ids:
            chosen, _asked = choosing.by_filter(kept.dict(), actor=self.actor, request=self.request)
            rows = selectors.credentials(self.actor).filter(pk__in=chosen)
        total = rows.count()
        listed = rows.order_by("-pk").values(*COLUMNS.values())[:SHOWN]
        return self.show(
            status=problem.status if problem else 200,
            ids=ids,
            filter="" if ids else kept.urlencode(),
            total=total,
            most=AT_ONCE,
            listed=showing.presented(list(listed), self.actor),
            acts=acts([Verdict(verdict)] if verdict in Verdict.values else Verdict),
            reason=self.request.POST.get("reason", ""),
            refused=sentence(problem) if problem else "",
            longest=LONGEST_REASON,
            back=back_to(self.request, f"{reverse('web:credentials')}?{kept.urlencode()}"),
        )

    def _tell(self, done: Examined, verdict: Verdict) -> HttpResponse:
        listed = {one["id"]: one for one in done.skipped}
        rows = selectors.credentials(self.actor).filter(pk__in=listed).order_by("pk").values(*COLUMNS.values())
        skipped = [
            {**row, "message": listed[row["id"]]["message"]} for row in showing.presented(list(rows), self.actor)
        ]
        said = [
            ngettext("%(n)s credential: %(what)s.", "%(n)s credentials: %(what)s.", done.decided)
            % {"n": f"{done.decided:,}", "what": SAID[verdict]}
        ]
        if done.carried:
            followed = ngettext(
                "%(n)s other with the same certificate followed.",
                "%(n)s others with the same certificate followed.",
                done.carried,
            )
            said.append(followed % {"n": f"{done.carried:,}"})
        if done.standing:
            stood = ngettext("%(n)s was so already.", "%(n)s were so already.", done.standing)
            said.append(stood % {"n": f"{done.standing:,}"})
        return self.show(
            "desks/credentials/examined.html",
            told=" ".join(said),
            skipped=skipped,
            skipped_count=done.skipped_count,
            back=back_to(self.request, reverse("web:credentials")),
        )


def acts(verdicts: Any) -> list[dict[str, Any]]:
    """The buttons of some verdicts."""
    return [
        {
            "verdict": verdict.value,
            "label": ACTS[verdict][0],
            "icon": ACTS[verdict][1],
            "looks": ACTS[verdict][2],
            "needs_reason": verdict in NEEDS_REASON,
            "url_name": f"web:credential-{verdict.value}",
        }
        for verdict in verdicts
    ]


def acts_on(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The buttons of the verdicts that an officer can give on a credential as it stands."""
    if not one["may_judge"]:
        return []
    return acts([Verdict.CONFIRM, Verdict.REFUTE] if one["open"] else [Verdict.REOPEN])


def on_record(record_id: int, actor: User) -> list[dict[str, Any]]:
    """The credentials that a record carries, for its page; the actor was found to see the record."""
    ids = selectors.credentials(actor).filter(record_id=record_id).values_list("pk", flat=True)
    return [{**one, "acts": acts_on(one)} for one in showing.whole(list(ids), actor)]
