"""One request as a guided job: where it stands, what comes next, and the forms for it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.jobs.models import Job
from backend.problems import NotFound, Problem
from backend.web.base import Page, SeeOther, sentence
from backend.web.forms import Form
from programs.desks.privacy.requests import OFFICERS, READERS, TONES
from programs.disposal.models import DisposalCertificate
from programs.privacy import downloads, selectors, services
from programs.privacy.models import Identified, Kind, PrivacyRequest, State
from programs.records import selectors as records
from programs.records.models import Record
from programs.records.threads import Thread
from talent.people import selectors as people
from talent.people.naming import shown_name

STEPS = (lazy("Taken down"), lazy("Identity confirmed"), lazy("Being handled"), lazy("Closed with an answer"))
PLACES = {State.RECEIVED: 0, State.CONFIRMED: 1, State.HANDLING: 2}
ACTS = {
    "privacy.receive": lazy("Taken down"),
    "privacy.identify": lazy("Identity confirmed"),
    "privacy.assign": lazy("Given to an officer"),
    "privacy.order_copy": lazy("Copy ordered"),
    "privacy.copy": lazy("Copy made"),
    "privacy.fetch": lazy("Copy fetched"),
    "privacy.drop_copy": lazy("Copy destroyed, its time was over"),
    "privacy.ask": lazy("Asked who reported it"),
    "privacy.propose": lazy("Deletion proposed"),
    "privacy.approve": lazy("Deletion approved"),
    "privacy.held": lazy("Stopped by a legal hold"),
    "privacy.erase": lazy("Erased"),
    "privacy.answered": lazy("Closed with an answer"),
    "privacy.refused": lazy("Turned away with a reason"),
    "privacy.withdrawn": lazy("Taken back by the person"),
}


def _long(label: Any, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=services.LONGEST, widget=widget, **options)


class IdentityForm(Form):
    """How it was found out who asks."""

    identified = forms.ChoiceField(label=lazy("How identity was found out"), choices=Identified.choices)
    note = _long(lazy("Note"), required=False, help_text=lazy("Write no identity number."))


class AssignForm(Form):
    """Who handles it."""

    to: Any = forms.ModelChoiceField(queryset=None, label=lazy("Give it to"), to_field_name="username")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["to"]
        chosen.queryset = selectors.officers(actor).order_by("username")


class CopyForm(Form):
    """Whether numbers stand in it in full, and why."""

    numbers_reason = _long(
        lazy("Why numbers and contacts shall stand in full"),
        required=False,
        help_text=lazy("Left blank, they are masked. The reason is kept on the audit trail."),
    )


class AskForm(Form):
    """Which record, and what its organisation is asked."""

    record: Any = forms.ModelChoiceField(queryset=None, label=lazy("Record"))
    text = _long(lazy("Question"))

    def __init__(self, *args: Any, found: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["record"]
        chosen.queryset = found
        chosen.label_from_instance = lambda row: f"{row.pk} · {row.organisation.code} · {row.programme.code}"


class TextForm(Form):
    """What the person was told."""

    text = _long(lazy("What the person was told"))


class ReasonForm(Form):
    """Why."""

    reason = _long(lazy("Reason"))


class RequestPage(Page):
    """One request with everything that can be done about it now."""

    roles = {"GET": READERS}
    template = "desks/privacy/request.html"

    def row(self, id: int) -> PrivacyRequest:
        """The request. Raises NotFound."""
        found: PrivacyRequest = self.one(selectors.requests(self.actor), pk=id)
        return found

    def forms(self, row: PrivacyRequest, data: Any = None, step: str = "") -> dict[str, Form]:
        """By step the forms that are open now; the one of ``step`` holds what was sent."""
        if not row.open or self.actor.role != OFFICERS:
            return {}
        past = row.state != State.RECEIVED
        wanted: dict[str, Callable[[Any], Form]] = {"assign": lambda sent: AssignForm(sent, actor=self.actor)}
        if not past:
            wanted["identity"] = IdentityForm
        if past and row.kind in (Kind.ACCESS, Kind.COPY):
            wanted["gather"] = CopyForm
        if past and row.kind == Kind.CORRECTION:
            wanted["ask"] = lambda sent: AskForm(sent, found=self._records(row))
        if past and row.kind != Kind.DELETION:
            wanted["answer"] = TextForm
        if past and row.kind == Kind.DELETION and row.proposed_at is None:
            wanted["propose"] = Form
        if row.proposed_at is not None and row.approved_at is None and row.proposed_by_id != self.actor.pk:
            wanted["approve"] = Form
        if row.approved_at is None:
            wanted |= {"refuse": ReasonForm, "withdraw": ReasonForm}
        return {name: made(data if name == step else None) for name, made in wanted.items()}

    def _records(self, row: PrivacyRequest) -> Any:
        persons = people.group(row.person_id, self.actor)
        return records.records(self.actor).filter(person__in=persons).select_related("organisation", "programme")

    def whole(self, row: PrivacyRequest, given: dict[str, Form], status: int = 200) -> HttpResponse:
        """The page."""
        names = selectors.names([row])
        job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
        deletion = row.kind == Kind.DELETION
        certificate = DisposalCertificate.objects.filter(run__request_id=row.pk).first() if deletion else None
        return self.show(
            status=status,
            row=row,
            forms=given,
            name=shown_name(names.get(row.person_id, ""), self.actor),
            tone=TONES[row.state],
            late=row.late_on(clock.today()),
            place=PLACES.get(State(row.state), 3),
            steps=list(enumerate(STEPS)),
            working=job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING),
            failed=job.error if job is not None and job.state == Job.State.FAILED else "",
            files=[
                form
                for form, file in (("xlsx", row.readable), ("json", row.machine))
                if file is not None and file.disposed_at is None
            ],
            fetches=File.admits(self.actor, "GET"),
            preview=selectors.preview(row) if deletion and row.open and row.state != State.RECEIVED else None,
            certificate=certificate,
            thread=Thread.objects.filter(pk=row.thread_id).first() if row.thread_id else None,
            record=Record.objects.filter(pk=row.record_id).first() if row.record_id else None,
            trail=[{"entry": one, "act": ACTS.get(one.action, one.action)} for one in selectors.steps(row)],
            waits_for_second=row.proposed_at is not None and row.approved_at is None and row.open,
        )


class OneRequest(RequestPage):
    """One request."""

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        row = self.row(id)
        return self.whole(row, self.forms(row))


class Step(RequestPage):
    """Takes a step; what is refused is said above the form that was sent."""

    roles = {"POST": OFFICERS}

    def post(self, request: HttpRequest, id: int, step: str) -> HttpResponse:
        row = self.row(id)
        if step not in _TAKEN:
            raise NotFound
        given = self.forms(row, request.POST, step)
        form = given.get(step)
        if form is None:
            # It is not open any more, or never was: the service says which.
            try:
                _TAKEN[step](self, row, {})
            except Problem as problem:
                messages.error(request, sentence(problem))
            except KeyError:
                messages.error(request, _("This step is not open now. Look at what comes next."))
            return SeeOther(reverse("web:privacy-request", args=[id]))
        if form.do(lambda values: _TAKEN[step](self, row, values)):
            messages.success(request, str(_SAID[step]))
            return SeeOther(reverse("web:privacy-request", args=[id]))
        return self.whole(row, given, 400)


def _ask(page: RequestPage, row: PrivacyRequest, values: dict[str, Any]) -> None:
    services.ask_correction(actor=page.actor, request=row, record=values["record"], text=values["text"])


_TAKEN: dict[str, Callable[[RequestPage, PrivacyRequest, dict[str, Any]], Any]] = {
    "identity": lambda page, row, values: services.confirm_identity(actor=page.actor, request=row, **values),
    "assign": lambda page, row, values: services.assign(actor=page.actor, request=row, to=values["to"]),
    "gather": lambda page, row, values: services.order_copy(actor=page.actor, request=row, **values),
    "ask": _ask,
    "propose": lambda page, row, _values: services.propose_deletion(actor=page.actor, request=row),
    "approve": lambda page, row, _values: services.approve_deletion(actor=page.actor, request=row),
    "answer": lambda page, row, values: services.answer(actor=page.actor, request=row, text=values["text"]),
    "refuse": lambda page, row, values: services.refuse(actor=page.actor, request=row, reason=values["reason"]),
    "withdraw": lambda page, row, values: services.withdraw(actor=page.actor, request=row, reason=values["reason"]),
}
_SAID = {
    "identity": lazy("Identity is confirmed."),
    "assign": lazy("It is theirs to handle now."),
    "gather": lazy("The copy is being made; it appears here within seconds."),
    "ask": lazy("The organisation is asked; what it answers appears here."),
    "propose": lazy("Proposed. Another officer approves it."),
    "approve": lazy("Approved. Everything that may be erased is being erased."),
    "answer": lazy("Closed as answered."),
    "refuse": lazy("Refused; the person is to be told the reason."),
    "withdraw": lazy("Closed: the person does not ask any more."),
}


class File(RequestPage):
    """The copy, to be saved."""

    roles = {"GET": OFFICERS}

    def get(self, request: HttpRequest, id: int, form: str) -> HttpResponse:
        return downloads.answer(actor=self.actor, request=self.row(id), form=form)
