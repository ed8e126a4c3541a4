"""The page that asks whoever is signed in to prove that it is they, before what they sent is done."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import signing
from backend.accounts.factors.selectors import factor_of
from backend.accounts.web.entering import own_page
from backend.clock import now
from backend.problems import Problem
from backend.web.base import EVERYONE, PROVEN, Page, SeeOther
from backend.web.forms import Form
from backend.web.keeping import kept_of, kept_page, packed, unpacked


class ProofForm(Form):
    """What one knows, and what one has, if one has a second factor."""

    password = forms.CharField(label=lazy("Password"), max_length=200, strip=False, widget=forms.PasswordInput)
    otp = forms.CharField(label=lazy("One-time code"), max_length=40)
    password.widget.attrs.update(autocomplete="current-password", autofocus=True)
    otp.widget.attrs.update(autocomplete="one-time-code")

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["otp"]


class Proving(Page):
    """What somebody sent that asks for a proof: kept on the page that asks for it."""

    roles = {"POST": EVERYONE}
    reading = True
    template = "web/signing/prove.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        to = own_page(request, request.GET.get("to", ""))
        if not to:
            return SeeOther("/")
        form, kept = ProofForm(with_code=factor_of(self.actor) is not None), kept_of(request, to)
        return self.show(form=form, kept=packed(kept), back=kept.back, status=403)


class Prove(Page):
    """The proof; then what was kept is sent."""

    roles = {"POST": EVERYONE}
    reading = True
    template = "web/signing/prove.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        kept = unpacked(request.POST.get("kept", ""))
        if kept is None:
            return SeeOther(reverse("web:home"))
        form = ProofForm(request.POST, with_code=factor_of(self.actor) is not None)
        status = 400
        if form.is_valid():
            refused = self._refusal(form)
            if refused is None:
                request.session[PROVEN] = now().isoformat()
                return kept_page(request, kept, again=False, proven=True)
            form.take(refused)
            status = refused.status
        return self.show(form=form, kept=request.POST.get("kept", ""), back=kept.back, status=status)

    def _refusal(self, form: ProofForm) -> Problem | None:
        try:
            return signing.prove(user=self.actor, **form.cleaned_data)
        except Problem as problem:
            return problem
