"""What follows from an organisation's end: rooms above this one register it here, so that none has to be imported.

They do so once, in their ``handlers`` modules. A teller is asked under the reader's scope, before anything is done;
what is to follow is carried out in the transaction of the act.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import Organisation, User


@dataclass(frozen=True, slots=True)
class Consequence:
    """So many of something: ``code`` names it for programs, ``label`` for readers, ``url`` is where they are."""

    code: str
    label: str | Promise
    count: int
    url: str = ""


Teller = Callable[[Organisation, dt.date], Sequence[Consequence]]

Follower = Callable[[], object]

_tellers: list[Teller] = []
_followers: list[Follower] = []


def consequence(teller: Teller) -> Teller:
    """Register ``teller(organisation, day)``, which tells what would follow if it were no more from ``day`` on."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def follows(follower: Follower) -> Follower:
    """Register ``follower()``, which brings its room in step with which organisations end when."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def carry_out() -> None:
    """Has every room follow; an end was entered or taken back."""
    for follower in _followers:
        follower()


def foretell(organisation: Organisation, day: dt.date) -> list[Consequence]:
    """What would follow from the end of an organisation on a day; what comes to nothing is told too."""
    return [
        Consequence(
            "users",
            lazy("Users who may read and not write any more"),
            organisation.users.filter(role=User.Role.PARTNER, is_active=True, read_only=False).count(),
        ),
        Consequence(
            "parts",
            lazy("Organisations that are part of it and stay"),
            organisation.children.count(),
            f"/organisations/?parent={organisation.code}",
        ),
        *(one for teller in _tellers for one in teller(organisation, day)),
    ]
