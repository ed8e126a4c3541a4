"""Pages for whoever signs in: signing in and out, the language and the looks, one's own account."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views import View

from backend.accounts import services, signing
from backend.accounts.models import User
from backend.accounts.web.entering import after_password, next_page, own_page, refused, remember
from backend.accounts.web.factors import CodeForm, second_step
from backend.audit.services import enter_audit
from backend.problems import Problem
from backend.web.base import EVERYONE, Act, Page, SeeOther, is_partial
from backend.web.forms import Form
from backend.web.keeping import kept_of, packed


class SignInForm(Form):
    """Who one is."""

    username = forms.CharField(label=lazy("User name"), max_length=60)
    password = forms.CharField(label=lazy("Password"), max_length=200, strip=False, widget=forms.PasswordInput)
    username.widget.attrs.update(autocomplete="username", autocapitalize="none", autofocus=True)
    password.widget.attrs.update(autocomplete="current-password")


class SignIn(View):
    """Signing in, for everybody."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return SeeOther(next_page(request))
        return self._show(request, SignInForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, 400)
        try:
            user = signing.know(**form.cleaned_data)
        except Problem as problem:
            user = problem
        if isinstance(user, Problem):
            form.take(user)
            return refused(self._show(request, form, user.status), user)
        return after_password(request, user) or second_step(request, CodeForm())

    def _show(self, request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
        return sign_in_page(request, form, request.POST.get("kept", ""), status)


def sign_in_page(request: HttpRequest, form: SignInForm, kept: str = "", status: int = 200) -> HttpResponse:
    """The sign-in; ``kept`` is what was sent without a session, as it is packed."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": "" if kept else wanted, "kept": kept, "demo": settings.DEMO}
    response = render(request, "web/sign_in.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


class Keeping(View):
    """What somebody sent whose session had ended: kept on the sign-in until they have signed in again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        to = own_page(request, request.GET.get("to", ""))
        if not to or request.user.is_authenticated:
            return SeeOther(reverse("web:sign-in"))
        return sign_in_page(request, SignInForm(), packed(kept_of(request, to)))


class SignOut(View):
    """Ending one's session; harmless for whoever has none."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            enter_audit(action="auth.sign_out", subject=user, actor=user)
        logout(request)
        return SeeOther(reverse("web:sign-in"))


class Language(View):
    """The other language: for this browser and, signed in, for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        if language in dict(settings.LANGUAGES):
            if request.user.is_authenticated:
                services.change_own(actor=request.user, language=language)
            return remember(SeeOther(next_page(request)), language=language)
        return SeeOther(next_page(request))


class Looks(View):
    """Light or dark, and how numbers are written: for this browser and, signed in, for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        known = {"theme": User.Theme.values, "numbers": User.Numbers.values}
        given = {name: request.POST.get(name, "") for name in known}
        wanted = {name: value for name, value in given.items() if value in known[name]}
        if wanted and request.user.is_authenticated:
            services.change_own(actor=request.user, **wanted)
        response: HttpResponse = SeeOther(next_page(request))
        if is_partial(request):
            response = HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"shugu:looks": wanted})})
        return remember(response, theme=wanted.get("theme", ""))


class PasswordForm(Form):
    """A new password for oneself."""

    current = forms.CharField(label=lazy("Present password"), strip=False, widget=forms.PasswordInput)
    password = forms.CharField(
        label=lazy("New password"),
        strip=False,
        widget=forms.PasswordInput,
        help_text=lazy("Ten characters or more, none that is often used. It ends your other sessions and your tokens."),
    )
    repeated = forms.CharField(label=lazy("New password once more"), strip=False, widget=forms.PasswordInput)
    current.widget.attrs.update(autocomplete="current-password")
    password.widget.attrs.update(autocomplete="new-password")
    repeated.widget.attrs.update(autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("password") != values.get("repeated"):
            self.add_error("repeated", _("This is not the same as above."))
        return values


class Account(Page):
    """One's own account: who one is here, and the password."""

    roles = {"GET": EVERYONE, "POST": EVERYONE}
    template = "web/account.html"
    reading = True  # whoever may only read changes their own password all the same

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=PasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        if form.do(lambda values: self._change(values["password"], values["current"])):
            messages.success(request, _("Your password is changed."))
            return SeeOther(request.path)
        return self.show(form=form, status=400)

    def _change(self, password: str, current: str) -> None:
        user = services.change_own(
            actor=self.actor, password=password, current=current, keeping=self.request.session.session_key
        )
        update_session_auth_hash(self.request, user)


class FirstSteps(Act):
    """Puts the first steps on one's desk away, or takes them out again (``shown``)."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self) -> str:
        shown = bool(self.request.POST.get("shown"))
        services.note_own(actor=self.actor, first_steps=shown)
        if shown:
            return _("The first steps stand on your desk again.")
        return _("The first steps are put away. You find them again under “Your account”.")

    def leads_to(self) -> str:
        return "/"
