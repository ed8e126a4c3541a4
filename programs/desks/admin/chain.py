"""How the chain over the audit trail stands, beside the trail, and having it examined."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.chain import selectors, services, words
from backend.web.base import Act


def shown(actor: User) -> dict[str, Any] | None:
    """The chain as the page of the trail shows it."""
    standing = selectors.standing(actor)
    if standing is None:
        return None
    examination = standing.examination
    return {
        "seal": standing.seal,
        "head": bytes(standing.seal.head).hex() if standing.seal else "",
        "examination": examination,
        "broken": words.said(examination.broken) if examination and examination.broken else "",
        "anchor": standing.anchor,
    }


class Examine(Act):
    """Has the whole trail examined now."""

    roles = {"POST": "admin"}

    def act(self) -> str:
        services.order(actor=self.actor)
        return _("The whole trail is being examined; the result appears here.")

    def leads_to(self) -> str:
        return reverse("web:audit")
