"""Setting up endpoints: created, changed, switched off, given a new secret, and tried."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock, throttles
from backend.accounts import proof
from backend.accounts.models import Organisation, User
from backend.accounts.selectors import bureau
from backend.audit.services import enter_audit
from backend.messages.answers import REASONS
from backend.messages.endpoints import events as happenings
from backend.messages.endpoints import secrets
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Delivery
from backend.messages.outbound.posting import Blocked, place_of
from backend.messages.services import post
from backend.problems import Conflict, FieldError, Forbidden, Invalid, unique

Kind = Endpoint.Kind
ROTATION_HOURS = 24
LONGEST_ROTATION_HOURS = 168
TESTS_A_MINUTE = 6
TOKENS = {Kind.DINGTALK: "access_token", Kind.WECOM: "key"}
"""What the address of a robot must bear, where it bears it by name."""


@transaction.atomic
def create_endpoint(
    *,
    actor: User,
    kind: str,
    name: str,
    address: str,
    secret: str = "",
    events: Iterable[str] = (),
    active: bool = True,
    organisation: Organisation | None = None,
) -> tuple[Endpoint, str]:
    """A new endpoint, and its secret where it is ours to make (a webhook's): nobody is told it again.

    Args:
        secret: what the robot's own settings show; none for WeCom's, which do not sign.
        events: what a webhook is told of.
        organisation: whose it is; a partner's own, or the bureau, where nobody is named.

    Raises:
        Forbidden: partners set up webhooks of their own alone.
        Invalid: what may not be so.
        AlreadyExists: the owner has one of this name.
    """
    owner = organisation or (actor.organisation if actor.role == User.Role.PARTNER else bureau())
    if owner is None:
        raise Invalid([("organisation", "required", _("Say whose it is."))])
    if actor.role == User.Role.PARTNER and (owner.pk != actor.organisation_id or kind != Kind.WEBHOOK):
        raise Forbidden(_("A partner sets up webhooks of its own."))
    endpoint = Endpoint(organisation=owner, kind=kind, name=name.strip(), active=active, address=b"")
    endpoint.events = sorted(set(events)) if kind == Kind.WEBHOOK else []
    own = secrets.new_secret() if kind == Kind.WEBHOOK else secret.strip()
    _check(endpoint, address, own)
    endpoint.shown = secrets.shown(kind, address)
    with unique({"endpoint_name_once": _("There is an endpoint of this name already.")}):
        endpoint.save(force_insert=True)
    # What is sealed is bound to the row, whose id is known only now.
    endpoint.address = secrets.seal(endpoint, "address", address)
    endpoint.secret = secrets.seal(endpoint, "secret", own) if own else None
    endpoint.save(update_fields=["address", "secret"])
    _note(endpoint, actor, action="endpoint.create", kind=kind, events=endpoint.events)
    return endpoint, own if kind == Kind.WEBHOOK else ""


@transaction.atomic
def update_endpoint(*, actor: User, endpoint: Endpoint, **changes: Any) -> Endpoint:
    """Changes ``name``, ``address``, ``events``, ``active`` or, of a robot, ``secret``.

    An address or a secret that is given empty stays as it is.

    Raises:
        Invalid, AlreadyExists: as in creating.
    """
    current = _locked(endpoint)
    address, secret = (changes.get("address") or "").strip(), (changes.get("secret") or "").strip()
    current.name = changes.get("name", current.name).strip()
    current.active = changes.get("active", current.active)
    if current.kind == Kind.WEBHOOK:
        secret = ""
        current.events = sorted(set(changes.get("events", current.events)))
    _check(current, address or secrets.unseal(current, "address"), secret or secrets.unseal(current, "secret"))
    if address:
        current.address = secrets.seal(current, "address", address)
        current.shown, current.quiet_until = secrets.shown(current.kind, address), None
    if secret:
        current.secret = secrets.seal(current, "secret", secret)
    with unique({"endpoint_name_once": _("There is an endpoint of this name already.")}):
        current.save(update_fields=["name", "active", "events", "address", "shown", "secret", "quiet_until"])
    told = {"is_on": current.active, "events": current.events, "address": current.shown if address else None}
    _note(
        current, actor, action="endpoint.change", **{name: value for name, value in told.items() if value is not None}
    )
    return current


@transaction.atomic
def rotate_secret(*, actor: User, endpoint: Endpoint, hours: int = ROTATION_HOURS) -> str:
    """A new secret for a webhook, shown this once; for so many hours the old one signs as well.

    Args:
        hours: 0 where the old one has become known to others.

    Raises:
        Conflict: a robot's secret is made by the robot.
        Invalid: too many hours.
    """
    proof.require(actor, "endpoint.rotate")
    if not 0 <= hours <= LONGEST_ROTATION_HOURS:
        text = _("The old secret may go on for 0 to %(most)d hours.") % {"most": LONGEST_ROTATION_HOURS}
        raise Invalid([("hours", "invalid", text)])
    current = _locked(endpoint)
    if current.kind != Kind.WEBHOOK:
        raise Conflict(_("A robot’s secret is made in the robot’s own settings; write the new one down here."))
    own = secrets.new_secret()
    current.previous_secret = secrets.seal(current, "previous_secret", secrets.unseal(current, "secret"))
    current.previous_until = clock.now() + dt.timedelta(hours=hours)
    current.secret = secrets.seal(current, "secret", own)
    if not hours:
        current.previous_secret = current.previous_until = None
    current.save(update_fields=["secret", "previous_secret", "previous_until"])
    _note(current, actor, action="endpoint.rotate", hours=hours)
    return own


@transaction.atomic
def send_test(*, actor: User, endpoint: Endpoint) -> Delivery:
    """Writes a test message to an endpoint; what comes of it is seen on the delivery.

    Raises:
        Conflict: it is switched off.
        Problem: 429, too many in a minute.
    """
    if not endpoint.active:
        raise Conflict(_("The endpoint is switched off. Switch it on first."))
    throttles.allow(f"endpoint-test:{endpoint.pk}", TESTS_A_MINUTE, 60)
    key, text = f"test:{endpoint.pk}:{uuid.uuid4().hex}", _("A test message of %(name)s.") % {"name": endpoint.name}
    if endpoint.kind == Kind.WEBHOOK:
        number = happenings.post_body(
            key=key, endpoint=endpoint, event=happenings.TEST, body=happenings.body_of(happenings.TEST, {"text": text})
        )
        delivery = Delivery.objects.get(pk=number)
    else:
        delivery = post(
            key=key,
            organisation_id=endpoint.organisation_id,
            channel=endpoint.kind,
            recipient=str(endpoint.pk),
            language=actor.language,
            subject=_("Test"),
            text=text,
            html=f"<p>{text}</p>",
        )
    _note(endpoint, actor, action="endpoint.test")
    return delivery


def _locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint.pk)


def _check(endpoint: Endpoint, address: str, secret: str) -> None:
    errors: list[FieldError] = []
    if endpoint.kind not in Kind.values:
        errors.append(FieldError("kind", "invalid_choice", _("No such kind of endpoint.")))
    if not endpoint.name:
        errors.append(FieldError("name", "blank", _("Give it a name.")))
    try:
        place_of(address)
    except Blocked as blocked:
        errors.append(FieldError("address", blocked.code, f"{REASONS[blocked.code]} {blocked.detail}".strip()))
    else:
        token = TOKENS.get(Kind(endpoint.kind)) if endpoint.kind in Kind.values else None
        if token and token not in parse_qs(urlsplit(address).query):
            text = _("The address of this robot bears “%(token)s=…”. Copy the whole of it.") % {"token": token}
            errors.append(FieldError("address", "no_token", text))
    if endpoint.kind in (Kind.DINGTALK, Kind.FEISHU) and not secret:
        text = _("Switch signing on in the robot’s settings, and copy the secret from there.")
        errors.append(FieldError("secret", "required", text))
    unknown = set(endpoint.events) - {name for name, _label in happenings.offered()}
    if unknown:
        text = _("There is no event “%(name)s”.") % {"name": min(unknown)}
        errors.append(FieldError("events", "invalid_choice", text))
    if errors:
        raise Invalid(errors)


def _note(endpoint: Endpoint, actor: User, *, action: str, **detail: Any) -> None:
    told = {"endpoint": endpoint.name, "organisation": endpoint.organisation.code, **detail}
    enter_audit(action=action, subject=endpoint, detail=told, actor=actor)
