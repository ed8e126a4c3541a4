"""Whoever owns a token hears before it ends: once for each stage, in their language, by both channels."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.models import AccessToken, User
from backend.clock import now
from backend.expiring.services import remind
from backend.messages.models import Channel, Delivery
from tests.factories import PartnerFactory

pytestmark = pytest.mark.usefixtures("scope_all")


def token(user: User, days: float, name: str = "学籍系统") -> AccessToken:
    moment = now()
    ends = moment + dt.timedelta(days=days)
    return AccessToken.objects.create(user=user, digest=f"{user.pk}{days}{name}".encode(), expires_at=ends, name=name)


def told() -> list[tuple[str, str, str]]:
    return sorted((one.channel, one.recipient, one.subject) for one in Delivery.objects.all())


def test_the_owner_hears_once_for_each_stage(clock: Any) -> None:
    user = PartnerFactory(language="en")
    one = token(user, 20, "ERP")
    assert remind() == 0
    clock.shift(days=7)
    assert (remind(), remind()) == (2, 0)
    day = one.expires_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    subject = f"A token ends on {day}: ERP"
    assert told() == [(Channel.EMAIL, user.email, subject), (Channel.INBOX, str(user.pk), subject)]
    clock.shift(days=18)
    assert (remind(), remind()) == (2, 0)
    clock.shift(days=21)
    assert remind() == 0, "it has ended"


def test_an_outage_brings_one_message_and_no_flood(clock: Any) -> None:
    token(PartnerFactory(email=""), 20)
    clock.shift(days=18)
    assert remind() == 1, "the nearest stage alone, and no letter to nobody"
    assert Delivery.objects.get().subject.endswith("学籍系统")


def test_nobody_hears_of_what_they_do_not_use() -> None:
    user = PartnerFactory()
    unused, used = token(user, 2, ""), token(user, 2.5, "")
    AccessToken.objects.filter(pk=used.pk).update(last_used_at=now())
    token(PartnerFactory(is_active=False), 2)
    assert remind() == 2
    assert {f"letter:token:{used.pk}:3", f"notice:token:{used.pk}:3:{user.pk}"} == set(
        Delivery.objects.values_list("key", flat=True)
    )
    assert unused.pk != used.pk
