"""Pages of the second factor: asked for at the sign-in, set up there or on one's account, reset by an administrator."""

from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views import View

from backend.accounts import selectors, signing
from backend.accounts.factors import selectors as factors
from backend.accounts.factors import services
from backend.accounts.models import User
from backend.accounts.web.entering import enter, next_page, refused, remember, waiting
from backend.problems import Problem
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import Form

QR_SCALE = 5


class CodeForm(Form):
    """What one has: a code of the app, or a recovery code."""

    otp = forms.CharField(
        label=lazy("One-time code"),
        max_length=40,
        help_text=lazy("Six digits from the app on your phone. Without your phone, enter one of your recovery codes."),
    )
    otp.widget.attrs.update(
        autocomplete="one-time-code", autocapitalize="characters", autofocus=True, spellcheck="false"
    )


class ConfirmForm(Form):
    """A code of the secret that is shown."""

    otp = forms.CharField(label=lazy("The six digits that the app shows"), max_length=10)
    otp.widget.attrs.update(autocomplete="one-time-code", inputmode="numeric")


class ResetForm(Form):
    """Why somebody's factor is reset."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("How you know that it is really them who lost it. It stands on the trail."),
    )


class SecondStep(View):
    """The second step of signing in, for whoever has shown their password."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if waiting(request) is None:
            return SeeOther(reverse("web:sign-in"))
        return second_step(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        user = waiting(request)
        if user is None:
            return SeeOther(reverse("web:sign-in"))
        form = CodeForm(request.POST)
        if not form.is_valid():
            return second_step(request, form, 400)
        try:
            by = signing.show(user=user, code=form.cleaned_data["otp"])
        except Problem as problem:
            by = problem
        if isinstance(by, Problem):
            form.take(by)
            return refused(second_step(request, form, by.status), by)
        return enter(request, user, by)


def second_step(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    """The page that asks for a code; where its reader wanted to go, and what they had sent, goes along."""
    kept = request.POST.get("kept", "")
    context = {"form": form, "next": "" if kept else next_page(request), "kept": kept}
    return _unseen(render(request, "web/signing/code.html", context, status=status))


class FirstEnrolment(View):
    """Setting the second factor up before the first sign-in: until then, nothing else is open to staff."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        user = waiting(request)
        if user is None or factors.factor_of(user):
            return SeeOther(reverse("web:sign-in"))
        return self._show(user, ConfirmForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        user = waiting(request)
        if user is None:
            return SeeOther(reverse("web:sign-in"))
        form, codes = ConfirmForm(request.POST), list[str]()
        if form.do(lambda values: codes.extend(services.confirm(user=user, code=values["otp"]))):
            wanted = next_page(request)
            enter(request, user, "totp")
            page = render(request, "web/signing/codes.html", {"codes": codes, "next": wanted})
            return remember(_unseen(page), language=user.language, theme=user.theme)
        return self._show(user, form, 400)

    def _show(self, user: User, form: ConfirmForm, status: int = 200) -> HttpResponse:
        context = {**_shown(user), "form": form, "next": next_page(self.request)}
        return _unseen(render(self.request, "web/signing/enrol_first.html", context, status=status))


class Factor(Page):
    """One's own second factor: setting it up, new recovery codes, and, for whoever may, taking it away (``do``)."""

    roles = {"GET": EVERYONE, "POST": EVERYONE}
    template = "web/signing/factor.html"
    reading = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._state(ConfirmForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("do", "")
        if wanted == "codes":
            return self._codes(services.renew_codes(actor=self.actor))
        if wanted == "remove":
            services.remove(actor=self.actor, keeping=request.session.session_key)
            messages.success(request, _("Your second factor is taken away. Your password alone signs you in."))
            return SeeOther(request.path)
        form, codes = ConfirmForm(request.POST), list[str]()
        keeping = request.session.session_key
        if form.do(lambda values: codes.extend(services.confirm(user=self.actor, code=values["otp"], keeping=keeping))):
            return self._codes(codes)
        return self._state(form, 400)

    def _state(self, form: ConfirmForm, status: int = 200) -> HttpResponse:
        factor = factors.factor_of(self.actor)
        context: dict[str, Any] = {"factor": factor, "required": factors.required(self.actor), "form": form}
        if factor is None:
            return self.show(status=status, **context, **_shown(self.actor))
        context |= {"left": factors.codes_left(self.actor), "passkeys": factors.passkeys(self.actor)}
        return self.show(status=status, **context)

    def _codes(self, codes: list[str]) -> HttpResponse:
        return self.show("web/signing/codes_page.html", codes=codes, next=reverse("web:factor"))


class ResetFactor(Page):
    """Taking somebody's second factor away, who has lost it."""

    roles = {"GET": "admin", "POST": "admin"}
    template = "web/signing/reset.html"

    def get(self, request: HttpRequest, username: str) -> HttpResponse:
        return self.show(account=self._user(username), form=ResetForm())

    def post(self, request: HttpRequest, username: str) -> HttpResponse:
        user = self._user(username)
        form = ResetForm(request.POST)
        if form.do(lambda values: services.reset(actor=self.actor, user=user, reason=values["reason"])):
            said = _("The second factor of %(name)s is reset. They set up another when they next sign in.")
            messages.success(request, said % {"name": user.username})
            return SeeOther(reverse("web:user", args=[user.username]))
        return self.show(account=user, form=form, status=400)

    def _user(self, username: str) -> User:
        return self.one(selectors.users(self.actor), username=username)


def _shown(user: User) -> dict[str, Any]:
    shown = services.begin(user=user)
    picture = segno.make(shown.address, error="m").svg_data_uri(scale=QR_SCALE, border=4, light="#ffffff")
    groups = [shown.secret[at : at + 4] for at in range(0, len(shown.secret), 4)]
    return {"qr": picture, "secret": " ".join(groups), "demo": settings.DEMO}


def _unseen(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
