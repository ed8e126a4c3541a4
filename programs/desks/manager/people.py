"""One person with what is known of them, and their numbers to an officer who says why."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.reference.selectors import label
from backend.web.base import EVERYONE, Page, SeeOther, is_partial
from backend.web.forms import Form
from programs.desks.credentials.showing import KIND_LABELS, STATE_LABELS, TONES
from programs.desks.manager import naming, splitting, telling
from programs.records.models import Outcome, Record
from programs.targets import selectors as targets
from talent.people import selectors, services, sources
from talent.people.looking import note_look
from talent.people.models import Person
from talent.people.showing import COLUMNS, shown, shown_whole


class RevealForm(Form):
    """Why a number must be seen."""

    reason = forms.CharField(
        label=lazy("Why must you see the numbers?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=lazy("Your name, the moment and this reason are kept on the audit trail."),
    )


class OnePerson(Page):
    """One person with what is known of them, as far as the reader may see it."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/manager/person.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        person = self.one(selectors.now(self.actor, id), named={"pk": id})
        note_look(actor=self.actor, person_id=person.pk)
        return self.of(person)

    def of(self, person: Person, status: int = 200, **more: Any) -> HttpResponse:
        """The page of ``person``; ``more`` is what came of asking for the numbers."""
        return self.show(status=status, **{"form": self.form(), "revealed": None, **self.known(person), **more})

    def form(self) -> RevealForm | None:
        """Officers are asked for a reason before they are shown a number; nobody else is shown one."""
        return RevealForm() if self.actor.role == User.Role.OFFICER else None

    def known(self, person: Person) -> dict[str, Any]:
        """Everything that the page says of ``person``."""
        answer = described(shown_whole(person, self.actor))
        events = sources.timeline(person, self.actor)
        records = [dict(row) for row in answer.pop("records", ())]
        names = [dict(one) for one in answer.pop("names")]
        codes = {row["organisation"] for row in (*records, *names) if row["organisation"]}
        codes |= telling.organisations_in(events)
        organisations = naming.organisations(self.actor, codes)
        programmes = naming.programmes(
            self.actor, {row["programme"] for row in records} | telling.programmes_in(events)
        )
        for one in names:
            one["organisation_name"] = organisations.get(one["organisation"] or "", one["organisation"])
        for row in records:
            row |= {
                "url": reverse("web:record", args=[row["id"]]),
                "organisation_name": organisations.get(row["organisation"], row["organisation"]),
                "programme_name": programmes.get(row["programme"], row["programme"]),
                "outcome_name": Outcome(row["outcome"]).label,
                "state_name": Record.State(row["state"]).label,
            }
        credentials = [
            {
                **row,
                "kind_name": KIND_LABELS[row["kind"]],
                "label": label(row["kind"], row["code"]),
                "state_name": STATE_LABELS[row["state"]],
                "url": reverse("web:credential", args=[row["id"]]),
                "record_url": reverse("web:record", args=[row["record"]]),
                "tone": TONES[row["state"]],
            }
            for row in answer.pop("credentials", ())
        ]
        standings = [
            {"of": one, "reason": naming.value("basis", one.basis), "url": reverse("web:record", args=[one.record_id])}
            for one in targets.standings(self.actor, person)
        ]
        return {
            "names": names,
            "merges": splitting.told(answer.pop("merges"), splitting=self.actor.role == User.Role.OFFICER),
            "person": answer,
            "records": records,
            "credentials": credentials,
            "standings": standings,
            "events": telling.told(events, self.actor, organisations, programmes),
        }


class Reveal(OnePerson):
    """A person's numbers in full, once, to an officer who says why; every time it is entered on the audit trail.

    They are in the answer to this POST and nowhere else: not in an address, nor in what a browser keeps of a page.
    """

    roles = {"GET": "officer", "POST": "officer"}

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return SeeOther(reverse("web:person", args=[id]))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        person = self.one(selectors.now(self.actor, id), named={"pk": id})
        form = RevealForm(request.POST)
        numbers: list[dict[str, str]] = []

        def reveal(values: dict[str, Any]) -> None:
            numbers[:] = services.reveal_numbers(person=person, reason=values["reason"], actor=self.actor)

        done = form.do(reveal)
        more = {"form": RevealForm() if done else form, "revealed": with_labels(numbers) if done else None}
        status = 200 if done else 400
        if is_partial(request):
            answer = described(shown([{name: getattr(person, name) for name in COLUMNS}], self.actor)[0])
            return self.show("desks/manager/numbers.html", status, person=answer, **more)
        return self.of(person, status, **more)


def described(row: Mapping[str, Any]) -> dict[str, Any]:
    """A shown person with what their codes are called, and their page."""
    birth = row["birth_date"].isoformat() if row["birth_date"] else str(row["birth_year"] or "")
    return {
        **row,
        "url": reverse("web:person", args=[row["id"]]),
        "gender_name": label("gender", row["gender"]) if row["gender"] else "",
        "born": birth,
        "documents": with_labels(row["documents"]),
    }


def with_labels(documents: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Documents with what their kinds are called."""
    return [{**one, "label": label("id_type", one["id_type"])} for one in documents]
