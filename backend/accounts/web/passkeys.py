"""Pages of passkeys: signing in with one, making one, taking one away. ``passkeys.js`` speaks to the browser."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views import View
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from backend import throttles
from backend.accounts.factors import passkeys
from backend.accounts.factors.models import Passkey
from backend.accounts.signing import address_limit
from backend.accounts.web.entering import enter, next_page, refused
from backend.audit import context
from backend.problems import Problem
from backend.web.base import EVERYONE, Act, Page, SeeOther
from backend.web.forms import Form

CHALLENGE = "passkey_challenge"


class AnswerForm(Form):
    """What the browser answered."""

    answer = forms.CharField(widget=forms.HiddenInput, max_length=passkeys.LONGEST_ANSWER)


class NewForm(AnswerForm):
    """What the browser made, and where it is."""

    name = forms.CharField(
        label=lazy("Name of the passkey"), max_length=100, help_text=lazy("Where it is: this computer, my phone, …")
    )
    field_order = ["name", "answer"]


class SignIn(View):
    """Signing in with a passkey, for whoever has one."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return SeeOther(next_page(request))
        return self._show(AnswerForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        challenge, form = _taken(request), AnswerForm(request.POST)
        if not challenge or not form.is_valid():
            return SeeOther(reverse("web:sign-in-passkey"))
        try:
            place = throttles.take((address_limit(), context.current().address or ""))
            user = passkeys.recognise(site=_site(request), challenge=challenge, answer=form.cleaned_data["answer"])
        except Problem as problem:
            user = problem
        if isinstance(user, Problem):
            again = AnswerForm(data={})
            again.errors.clear()
            again.add_error(None, str(user.detail))
            return refused(self._show(again, user.status), user)
        place.give_back()
        return enter(request, user, "passkey")

    def _show(self, form: AnswerForm, status: int = 200) -> HttpResponse:
        asked = passkeys.ask(site=_site(self.request))
        _keep(self.request, asked.challenge)
        shown = {"form": form, "options": asked.options, "next": next_page(self.request)}
        response = render(self.request, "web/signing/passkey.html", shown, status=status)
        response["Cache-Control"] = "no-store"
        return response


class NewPasskey(Page):
    """Making a passkey: first what the browser is asked (``answer`` lacking), then what it made."""

    roles = {"POST": EVERYONE}
    reading = True
    template = "web/signing/passkey_new.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        if "answer" not in request.POST:
            return self._ask(NewForm())
        form, challenge = NewForm(request.POST), _taken(request)
        if challenge and form.do(lambda values: self._add(challenge, values)):
            return SeeOther(reverse("web:factor"))
        return self._ask(form, 400)

    def _add(self, challenge: bytes, values: dict[str, Any]) -> None:
        passkeys.add(actor=self.actor, site=_site(self.request), challenge=challenge, **values)

    def _ask(self, form: NewForm, status: int = 200) -> HttpResponse:
        asked = passkeys.ask_new(actor=self.actor, site=_site(self.request))
        _keep(self.request, asked.challenge)
        return self.show(form=form, options=asked.options, status=status)


class RemovePasskey(Act):
    """Takes one of one's own passkeys away."""

    roles = {"POST": EVERYONE}
    reading = True

    def act(self, id: int) -> str:
        passkey = self.one(Passkey.objects.filter(user=self.actor), pk=id)
        passkeys.take_away(actor=self.actor, passkey=passkey)
        return _("The passkey is taken away.")

    def leads_to(self, id: int) -> str:
        return reverse("web:factor")


def _site(request: HttpRequest) -> passkeys.Site:
    host = request.get_host()
    return passkeys.Site(host.rsplit(":", 1)[0], f"{request.scheme}://{host}")


def _keep(request: HttpRequest, challenge: bytes) -> None:
    request.session[CHALLENGE] = bytes_to_base64url(challenge)


def _taken(request: HttpRequest) -> bytes:
    """The challenge that this browser was given, which is good for one answer; nothing where there is none."""
    return base64url_to_bytes(request.session.pop(CHALLENGE, ""))
