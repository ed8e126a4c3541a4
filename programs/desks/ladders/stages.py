"""One stage of a draft: when, whom, by which way, with which words."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.messages.endpoints.selectors import reachable
from backend.messages.models import Channel
from backend.problems import Conflict, FieldError, Invalid, NotFound
from backend.web.base import Act, Page, SeeOther
from backend.web.forms import Form
from backend.web.templatetags.web import named
from programs.desks.ladders.policies import ACTORS, READERS
from programs.desks.ladders.words import clock_of, is_owed
from programs.reminders import policies, selectors
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.models import Audience, Counting, LadderPolicy
from programs.reminders.templates import LONGEST

HOUR = {"format": "%H:%M", "attrs": {"type": "time"}}


class StageForm(Form):
    """A stage."""

    code = forms.SlugField(
        label=lazy("Code"),
        max_length=30,
        help_text=lazy("Small letters, digits, underscores. What keeps its code is not sent twice."),
    )
    days = forms.IntegerField(label=lazy("Days from the start of the clock"))
    counting = forms.ChoiceField(label=lazy("Which days are counted"), choices=Counting.choices)
    hour = forms.TimeField(label=lazy("Hour"), widget=forms.TimeInput(**HOUR))  # type: ignore[arg-type]
    audience = forms.ChoiceField(label=lazy("To whom"), choices=[])
    contact_role = forms.CharField(
        label=lazy("Contacts of another role"),
        required=False,
        max_length=30,
        help_text=lazy("Left blank: who reports, or the leader."),
    )
    channel = forms.ChoiceField(label=lazy("Channel"), choices=Channel.choices)
    endpoint = forms.ChoiceField(
        label=lazy("Endpoint"),
        required=False,
        help_text=lazy("The robot or webhook, of the channel that is chosen; nothing for e-mail and inbox."),
    )
    quiet_from = forms.TimeField(label=lazy("Quiet from"), required=False, widget=forms.TimeInput(**HOUR))  # type: ignore[arg-type]
    quiet_until = forms.TimeField(label=lazy("Quiet until"), required=False, widget=forms.TimeInput(**HOUR))  # type: ignore[arg-type]
    working_days_only = forms.BooleanField(
        label=lazy("On working days only"),
        required=False,
        help_text=lazy("What would go out on a day off waits for the next working day."),
    )
    digest = forms.BooleanField(
        label=lazy("As a digest"),
        required=False,
        help_text=lazy("One message a day lists all that has come to this stage; to managers always."),
    )
    subject_zh = forms.CharField(label=lazy("Subject in Chinese"), required=False, max_length=LONGEST["subject_zh"])
    text_zh = forms.CharField(
        label=lazy("Text in Chinese"),
        required=False,
        max_length=LONGEST["text_zh"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    subject_en = forms.CharField(label=lazy("Subject in English"), required=False, max_length=LONGEST["subject_en"])
    text_en = forms.CharField(
        label=lazy("Text in English"),
        required=False,
        max_length=LONGEST["text_en"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, kind: str, actor: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        endpoint: Any = self.fields["endpoint"]
        endpoint.choices = [("", "–"), *_places(actor, (self.initial or {}).get("endpoint", ""))]
        audience: Any = self.fields["audience"]
        audience.choices = [one for one in Audience.choices if one[0] in KINDS[kind].audiences]


def _places(actor: Any, chosen: str) -> list[tuple[str, str]]:
    """The endpoints that may be chosen, by name; one that was chosen and is switched off stays there to be seen."""
    found = [
        (str(one.pk), f"{one.name} · {one.get_kind_display()} · {named(one.organisation)}") for one in reachable(actor)
    ]
    if chosen and chosen not in dict(found):
        found.append((chosen, _("No. %(n)s, switched off") % {"n": chosen}))
    return found


class StagePage(Page):
    """A stage that is new or is changed; ``code`` is empty for a new one."""

    roles = {"GET": READERS, "POST": ACTORS}
    template = "desks/ladders/stage.html"

    def get(self, request: HttpRequest, id: int, code: str = "") -> HttpResponse:
        policy = self._policy(id)
        there = {one["code"]: one for one in policies.stage_values(policy)}
        if code and code not in there:
            raise NotFound
        initial = there.get(code) or {"days": 1, "hour": "09:00", "counting": "working", "channel": "email"}
        return self._show(policy, code, StageForm(policy.kind, self.actor, initial=initial))

    def post(self, request: HttpRequest, id: int, code: str = "") -> HttpResponse:
        policy = self._policy(id)
        form = StageForm(policy.kind, self.actor, request.POST)

        def save(values: dict[str, Any]) -> None:
            stages = policies.stage_values(policy)
            place = next((n for n, one in enumerate(stages) if one["code"] == code), len(stages) if not code else None)
            if place is None:
                raise Conflict(_("This stage was taken out meanwhile."))
            stages[place : place + 1] = [values]
            try:
                policies.change(actor=self.actor, policy=policy, stages=stages)
            except Invalid as problem:
                raise Invalid([_own(error, place) for error in problem.errors]) from None

        if form.do(save):
            messages.success(request, _("The stage is saved in the draft."))
            return SeeOther(reverse("web:ladder", args=[id]))
        return self._show(policy, code, form, 400)

    def _policy(self, id: int) -> LadderPolicy:
        return self.one(selectors.policies(self.actor), pk=id)

    def _show(self, policy: LadderPolicy, code: str, form: StageForm, status: int = 200) -> HttpResponse:
        may = self.admits(self.actor) and policy.in_force_from is None
        if not may:
            for field in form.fields.values():
                field.disabled = True
        return self.show(
            status=status,
            policy=policy,
            code=code,
            form=form,
            may=may,
            clock=clock_of(policy.kind),
            owed=is_owed(policy.kind),
            placeholders=[f"{{{name}}}" for name in KINDS[policy.kind].placeholders],
        )


class NewStage(StagePage):
    """A stage more."""


class OneStage(StagePage):
    """One stage."""


class Remove(Act):
    """Takes a stage out of a draft."""

    roles = {"POST": ACTORS}

    def act(self, id: int, code: str) -> str:
        policy = self.one(selectors.policies(self.actor), pk=id)
        stages = policies.stage_values(policy)
        left = [one for one in stages if one["code"] != code]
        if len(left) == len(stages):
            raise NotFound
        policies.change(actor=self.actor, policy=policy, stages=left)
        return _("The stage is taken out of the draft.")

    def leads_to(self, id: int, code: str) -> str:
        return reverse("web:ladder", args=[id])


def _own(error: FieldError, place: int) -> FieldError:
    """An error of the stage at ``place`` as its form names it; of another one with its place."""
    start = f"stages.{place}."
    if error.field.startswith(start):
        return FieldError(error.field.removeprefix(start), error.code, error.message)
    return FieldError("", error.code, f"{error.field}: {error.message}")
