"""Reading what went out, to whom, and what their servers said."""

from collections.abc import Iterable
from typing import Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Channel, Delivery

STAFF = (User.Role.OFFICER, User.Role.ADMIN)


class Addressed(Protocol):
    """Whatever goes to a ``recipient`` by a ``channel``: a delivery, or what leads to one."""

    pk: int
    channel: str
    recipient: str


def deliveries(actor: User | None) -> QuerySet[Delivery]:
    """Officers and administrators see all; a partner what went to its own people and its own endpoints.

    What the bureau's officers were written about a partner is not the partner's to read. An officer who is bound to
    districts sees what was written to the organisations of these, and what was written to themselves.
    """
    if actor is None or actor.role not in (*STAFF, User.Role.PARTNER):
        return Delivery.objects.none()
    rows = scope.visible(Delivery.objects.select_related("organisation"), actor)
    if actor.districts:
        return rows | Delivery.objects.select_related("organisation").filter(_to_oneself(actor))
    if actor.role != User.Role.PARTNER:
        return rows
    return rows.alias(to=Lower("recipient")).filter(_to(actor))


def _to_oneself(actor: User) -> Q:
    by_mail = Q(channel=Channel.EMAIL, recipient__iexact=actor.email) if actor.email else Q(pk__in=[])
    return by_mail | Q(channel=Channel.INBOX, recipient=str(actor.pk))


def _to(actor: User) -> Q:
    users = list(User.objects.filter(organisation=actor.organisation_id).values_list("pk", "email"))
    contacts = [one.get("email", "") for one in actor.organisation.contacts]
    addresses = {one.lower() for one in (*contacts, *(email for _pk, email in users)) if one}
    places = Endpoint.objects.filter(organisation=actor.organisation_id).values_list("pk", flat=True)
    return (
        Q(channel=Channel.EMAIL, to__in=addresses)
        | Q(channel=Channel.INBOX, recipient__in=[str(pk) for pk, _email in users])
        | Q(channel__in=Endpoint.Kind.values, recipient__in=[str(pk) for pk in places])
    )


def recipients(rows: Iterable[Addressed]) -> dict[int, str]:
    """By a row's id, whom it went to in words: an address, a user's name, an endpoint's name."""
    rows = list(rows)
    names = called((one.channel, one.recipient) for one in rows)
    return {one.pk: names[one.channel, one.recipient] for one in rows}


def called(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Channels with recipients, each with its name in words; what is no number, or nobody's, stays as it is."""
    places = set(places)
    users, endpoints = _numbers(places, {Channel.INBOX.value}), _numbers(places, set(Endpoint.Kind.values))
    names = dict(User.objects.filter(pk__in=users).values_list("pk", "username")) if users else {}
    own = dict(Endpoint.objects.filter(pk__in=endpoints).values_list("pk", "name")) if endpoints else {}
    found = {}
    for channel, recipient in places:
        number = int(recipient) if recipient.isdecimal() else 0
        known = names if channel == Channel.INBOX else own if channel in Endpoint.Kind.values else {}
        found[channel, recipient] = known.get(number, recipient)
    return found


def _numbers(places: Iterable[tuple[str, str]], channels: set[str]) -> set[int]:
    return {int(recipient) for channel, recipient in places if channel in channels and recipient.isdecimal()}
