"""Pages about sampling: where a partner stands and what officers rule, and what administrators set."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import Checks, DayField, Form, OneField
from backend.web.templatetags.web import named
from programs.desks.officer import lot_words
from programs.review.sampling import ruling, selectors
from programs.review.sampling import settings as setting
from programs.review.sampling.models import DefectClass, Lot, SamplingAct, SamplingSetting
from programs.review.sampling.plans import Severity, levels, percent_aqls
from programs.review.sampling.settings import LONGEST_REASON
from programs.review.sampling.switching import NORMAL, Act, State

STAFF = "officer manager admin"
LISTED = 50


def figures(actor: User) -> list[tuple[str, int, str, str, list[tuple[str, str]]]]:
    """What there is to do about lots, for the officer's desk; nothing where sampling is off and no lot is open."""
    opened = selectors.lots(actor).filter(state=Lot.State.OPEN).count()
    waiting = len(selectors.waiting(actor))
    told = []
    if waiting:
        told.append((_("Lots can be opened"), waiting, "rectangle-stack", "web:batches", list[tuple[str, str]]()))
    if opened:
        told.append((_("Lots are being looked at"), opened, "eye", "web:batches", [("state", "open")]))
    return told


def acts(state: State) -> list[tuple[str, str, str]]:
    """What an officer may rule as a partner stands: act, button, what it is for."""
    if state.stopped:
        return [(Act.RESUME, _("Resume sampling"), _("Say what the partner has changed; it goes on tightened."))]
    if state.awaits_consent:
        return [(Act.CONSENT, _("Consent to reduced inspection"), _("Say why reporting may be called steady."))]
    if state.severity == Severity.REDUCED:
        return [(Act.NORMAL, _("Back to normal inspection"), _("Say what has become irregular."))]
    return []


class Standing(Page):
    """Where a partner stands in switching, the history that has led there, and for officers what can be ruled."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    template = "desks/officer/sampling.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._show(self._find(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        organisation, form = self._find(code), RuleForm(request.POST)
        if form.do(lambda values: ruling.rule(actor=self.actor, organisation=organisation, **values)):
            messages.success(request, _("It is entered into the history; the next lot goes by it."))
            return SeeOther(reverse("web:sampling-standing", args=[code]))
        return self._show(organisation, form, 400)

    def _find(self, code: str) -> Organisation:
        return self.one(accounts.organisations(self.actor), code=code)

    def _show(self, organisation: Organisation, form: Form | None = None, status: int = 200) -> HttpResponse:
        history = selectors.history(organisation.pk)
        state = history[-1].state if history else NORMAL
        rules = acts(state) if self.actor.role == User.Role.OFFICER else []
        return self.show(
            status=status,
            organisation=organisation,
            severity=Severity(state.severity).label,
            severity_tone=lot_words.SEVERITY_TONES[Severity(state.severity)],
            stopped=state.stopped,
            standing=lot_words.standing(state),
            turns=lot_words.turns(history),
            acts=[
                {"act": act, "label": label, "hint": hint, "form": form or RuleForm(initial={"act": act})}
                for act, label, hint in rules
            ],
            refused=form,
        )


class RuleForm(Form):
    """What is ruled, and why."""

    act = forms.ChoiceField(choices=SamplingAct.Kind.choices, widget=forms.HiddenInput)
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class SettingForm(Form):
    """Whether and how records are sampled."""

    organisation = OneField(
        label=lazy("Organisation"), required=False, empty_label=lazy("All that have no setting of their own")
    )
    mode = forms.ChoiceField(label=lazy("Sampling"), choices=SamplingSetting.Mode.choices)
    aql = forms.ChoiceField(
        label=lazy("AQL"),
        help_text=lazy("Percent of records with errors up to which lots are mostly accepted."),
        initial="1.0",
    )
    level = forms.ChoiceField(
        label=lazy("Inspection level"), help_text=lazy("II is usual; S-1 to S-4 look at the fewest."), initial="II"
    )
    reduced = forms.ChoiceField(label=lazy("Reduced inspection begins"), choices=SamplingSetting.Reduced.choices)
    outside = forms.ChoiceField(
        label=lazy("Verifying outside lots"),
        choices=SamplingSetting.Outside.choices,
        help_text=lazy("Whether many records may also be verified at once without a lot."),
    )
    counted = forms.MultipleChoiceField(
        label=lazy("A record is nonconforming by defects that are"),
        choices=DefectClass.choices,
        widget=Checks,
        initial=DefectClass.values,
    )
    critical_fails = forms.BooleanField(label=lazy("One critical defect fails the lot"), required=False)
    from_on = DayField(label=lazy("From"))
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        partners = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU)
        fields["organisation"].queryset = partners.order_by("code")
        fields["aql"].choices = [(one, one) for one in percent_aqls()]
        fields["level"].choices = [(one, one) for one in levels()]


class Settings(Page):
    """What is set about sampling, for all and for single organisations, and where each sampled partner stands."""

    roles = {"GET": STAFF, "POST": "admin"}
    template = "desks/officer/sampling_settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(SettingForm(actor=self.actor, initial={"from_on": clock.today()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingForm(request.POST, actor=self.actor)
        if form.do(lambda values: setting.set_sampling(actor=self.actor, **values)):
            messages.success(request, _("It is set. Lots that are opened from that day on go by it."))
            return SeeOther(reverse("web:sampling-settings"))
        return self._show(form, 400)

    def _show(self, form: SettingForm, status: int = 200) -> HttpResponse:
        force = setting.in_force()
        return self.show(
            status=status,
            form=form if self.actor.role == User.Role.ADMIN else None,
            settings=[
                {
                    "one": one,
                    "mode": lot_words.MODES[one.mode],
                    "tone": "ok" if one.mode == "on" else "cancelled",
                    "stands": one in (force.general, force.own.get(one.organisation_id or 0)),
                }
                for one in selectors.settings(self.actor).order_by("-pk")[:LISTED]
            ],
            on=force.on,
            partners=[
                {"organisation": one, "name": named(one), **self._stands(one)}
                for one in selectors.partners_sampled(self.actor)
            ],
        )

    def _stands(self, organisation: Organisation) -> dict[str, Any]:
        state = selectors.standing(organisation.pk)
        return {
            "severity": Severity(state.severity).label,
            "tone": lot_words.SEVERITY_TONES[Severity(state.severity)],
            "stopped": state.stopped,
            "awaits": state.awaits_consent,
            "score": state.score,
        }
