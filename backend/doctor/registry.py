"""What the doctor looks at: small functions that rooms declare in a module of their own called ``doctor``.

A check yields findings in the language that is in force: what it saw, and where something is amiss, what to do. The
name of a check is its heading in the runbook.
"""

import importlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.failures import log_failure, told
from backend.rooms import rooms_with

logger = logging.getLogger(__name__)

RUNBOOK = "docs/runbook.md"


class Level(StrEnum):
    """How grave a finding is: ``attention`` can wait for the day, ``wrong`` cannot."""

    WELL = "well"
    ATTENTION = "attention"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What a check saw, in a sentence, and what to do about it; nothing where all is well.

    ``stops``: what needs this check's thing cannot be looked at.
    """

    level: Level
    says: str
    do: str = ""
    stops: bool = False


def well(says: str) -> Finding:
    """It is as it should be."""
    return Finding(Level.WELL, says)


def attention(says: str, do: str) -> Finding:
    """Somebody should see to it within days."""
    return Finding(Level.ATTENTION, says, do)


def wrong(says: str, do: str, *, stops: bool = False) -> Finding:
    """Somebody must see to it now."""
    return Finding(Level.WRONG, says, do, stops)


Look = Callable[[], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """One thing to look at. ``needs`` names the check without which there is no looking; ``rank`` is its place."""

    name: str
    title: str | Promise
    look: Look
    needs: str
    rank: int


@dataclass(frozen=True)
class Outcome:
    """What one check found."""

    check: Check
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The gravest of its findings."""
        return max((finding.level for finding in self.findings), key=list(Level).index)


_checks: dict[str, Check] = {}


def check(name: str, title: str | Promise, *, rank: int, needs: str = "") -> Callable[[Look], Look]:
    """Register a function that looks at one thing, in a room's ``doctor`` module.

    Args:
        name: its heading in the runbook, of small letters and hyphens.
        title: what it looks at, in the reader's language when it is printed.
        rank: checks are made and told by it, and by name: settings from 0, the database from 100, work from 200, what
            the rooms keep from 300.
        needs: the check whose thing must be there at all: ``database``, ``broker``.
    """

    def register(look: Look) -> Look:
        _checks[name] = Check(name, title, look, needs, rank)
        return look

    return register


def checks() -> list[Check]:
    """Every check of every room, in the order in which they are made."""
    for room in rooms_with("doctor"):
        importlib.import_module(f"{room}.doctor")
    return sorted(_checks.values(), key=lambda one: (one.rank, one.name))


def examine() -> Iterator[Outcome]:
    """Make every check, one after the other; what one raises is its finding, and holds up no other."""
    missing: set[str] = set()
    for one in checks():
        outcome = Outcome(one, tuple(_findings(one, missing)))
        if any(finding.stops for finding in outcome.findings):
            missing.add(one.name)
        yield outcome


def _findings(one: Check, missing: set[str]) -> list[Finding]:
    if one.needs in missing:
        title = _checks[one.needs].title
        return [
            attention(
                _("This was not looked at, because of what stands above under “%(title)s”.") % {"title": title},
                _("Mend that first, and run the doctor again."),
            )
        ]
    found: list[Finding] = []
    try:
        found.extend(one.look())
    except Exception as error:  # noqa: BLE001 - whatever a check meets is its finding
        log_failure(logger, f"The doctor's check {one.name}", error)
        found.append(
            wrong(
                _("It could not be looked at: %(error)s.") % {"error": told(error)},
                _("The log above shows the way there. If the database was just set up, run manage.py prepare."),
            )
        )
    return found
