"""The page of the keys: what there is, how a rotation goes, and ordering one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.rotation import selectors, services
from backend.rotation.models import Rotation
from backend.vault import keys
from backend.vault.errors import VaultError
from backend.vault.models import VaultKey
from backend.web.base import Page, SeeOther
from backend.web.forms import Form
from backend.web.navigation import SETUP, register

SHOWN = 20
"""So many rotations are listed; the API has all of them."""

PURPOSES: Mapping[str, str | Promise] = {
    VaultKey.Purpose.SEAL: lazy("Sealing"),
    VaultKey.Purpose.INDEX: lazy("Finding and comparing"),
    VaultKey.Purpose.AUDIT: lazy("Vouching for the audit trail"),
}
SUITES: Mapping[str, str] = {VaultKey.Suite.AES: "AES-256-GCM · SHA-256", VaultKey.Suite.SM: "SM4-GCM · SM3"}
STAGES = {
    "rewrap": lazy("Data keys are wrapped anew"),
    "switch": lazy("A new key is made"),
    "reseal": lazy("Values are sealed anew"),
    "drain": lazy("Waiting until every process knows the new key"),
    "last": lazy("What was sealed meanwhile is sealed anew"),
    "retire": lazy("Waiting until nobody is at work who began before"),
}
LOOKS = {Rotation.State.RUNNING: "running", Rotation.State.STOPPED: "failed", Rotation.State.DONE: "done"}


class RotationForm(Form):
    """What, and why."""

    what = forms.ChoiceField(
        label=lazy("What is to be replaced"),
        choices=[
            (Rotation.What.SEAL, lazy("The sealing key: every value and file is sealed anew")),
            (Rotation.What.MASTER, lazy("The master key: data keys are wrapped by the first one in FIELD_KEYS")),
            (Rotation.What.SUITE, lazy("The cipher suite: every value and file is sealed anew by that of VAULT_SUITE")),
        ],
    )
    reason = forms.CharField(
        label=lazy("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=lazy("It is kept.")
    )


class Keys(Page):
    """The keys."""

    roles = {"GET": "admin", "POST": "admin"}
    template = "web/rotation/keys.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(RotationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RotationForm(request.POST)
        if form.do(lambda given: services.start(actor=self.actor, **given)):
            messages.success(request, _("It has begun. Everybody may work on meanwhile."))
            return SeeOther(reverse("web:keys"))
        return self._shown(form, 400)

    def _shown(self, form: RotationForm, status: int = 200) -> HttpResponse:
        data = list(selectors.data_keys(self.actor))
        return self.show(
            status=status,
            form=form,
            lacking=_lacking(),
            masters=selectors.masters(data),
            data_keys=[
                {
                    "key": one,
                    "purpose": PURPOSES[one.purpose],
                    "suite": SUITES.get(one.suite, one.suite),
                }
                for one in data
            ],
            suite=SUITES[settings.VAULT_SUITE],
            other_suite=any(one.active and one.suite != settings.VAULT_SUITE for one in data),
            rotations=[_presented(one) for one in selectors.rotations(self.actor).order_by("-pk")[:SHOWN]],
        )


def _lacking() -> str:
    """What is wrong with ``FIELD_KEYS``, in words; empty: nothing."""
    try:
        keys.check()
    except VaultError as error:
        return str(error)
    return ""


def _presented(rotation: Rotation) -> dict[str, Any]:
    return {
        "rotation": rotation,
        "looks": LOOKS[Rotation.State(rotation.state)],
        "suite": SUITES[rotation.suite],
        "stage": STAGES[rotation.stage] if rotation.state != Rotation.State.DONE else "",
        "share": min(100, 100 * rotation.done // rotation.total) if rotation.total else 0,
        "removable": ", ".join(rotation.result.get("removable", [])),
    }


register(89, lazy("Encryption keys"), "web:keys", "key", "admin", SETUP)

urlpatterns = [path("keys/", Keys.as_view(), name="keys")]
