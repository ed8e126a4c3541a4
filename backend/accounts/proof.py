"""Acts that nobody does by an open screen or a stolen token: their actor has proven who they are a moment ago.

Services ask (``require``), so that the pages, the API and whatever comes are held to the same list. Commands and tasks
act for nobody in front of a screen, or for somebody who was asked when they gave the order.
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.audit import context
from backend.clock import now
from backend.problems import Unproven, register

FRESH = dt.timedelta(minutes=10)
"""How long a proof lasts."""

ACTS = {
    "factor.reset": lazy("Resetting somebody’s second factor"),
    "factor.remove": lazy("Taking one’s own second factor away"),
    "factor.renew_codes": lazy("Making new recovery codes"),
    "passkey.add": lazy("Adding a passkey"),
    "user.create_staff": lazy("Creating a login of the bureau’s staff"),
    "user.role": lazy("Changing somebody’s role"),
    "user.password": lazy("Giving somebody a new password"),
    "token.make": lazy("Making a token"),
    "organisation.close": lazy("Closing an organisation"),
    "organisation.merge": lazy("Letting an organisation go into another"),
    "endpoint.rotate": lazy("Changing a webhook’s secret"),
    "plan.apply": lazy("Putting a plan into force"),
}

register(reauthentication_required=lazy("Prove first that it is you"))


def require(actor: User | None, act: str) -> None:
    """Refuse ``act`` (a key of ``ACTS``) to somebody who has not proven within ``FRESH`` who they are.

    Raises:
        Unproven: 403 ``reauthentication_required``.
    """
    name = ACTS[act]
    if actor is None or not context.current().asked:
        return
    proven = actor.proven_at
    if proven is None or now() - proven > FRESH:
        text = _("%(act)s asks that you prove who you are: POST %(address)s, and send this again within ten minutes.")
        raise Unproven(text % {"act": name, "address": "auth/proof/"}, prove="auth/proof/")
