"""Something outstanding that somebody can be reminded of, and what every kind of it must be able to say."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation
from programs.periods.models import Obligation
from programs.reminders.models import Audience, Reminder

AHEAD_DAYS, BEHIND_DAYS = 60, 30
"""How far before its due day a ladder is laid out, and how long after it one is still worth starting."""

SubjectKey = tuple[str, int | None, dt.datetime | None]
RowKey = tuple[SubjectKey, str, str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One outstanding thing; ``day`` is when its clock starts.

    An obligation, or of another kind ``about_id`` and ``since``: a clock that starts anew is a subject of its own.
    ``count`` is how many lie under it, ``named`` what else its words need.
    """

    kind: str
    organisation: Organisation
    day: dt.date
    obligation: Obligation | None = None
    about_id: int | None = None
    since: dt.datetime | None = None
    count: int = 1
    named: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> SubjectKey:
        if self.obligation is not None:
            return "", self.obligation.pk, None
        return self.kind, self.about_id, self.since


def key_of(row: Reminder) -> SubjectKey:
    """The key of what a reminder is about."""
    if row.about_id is None:
        return "", row.obligation_id, None
    return row.kind, row.about_id, row.since


@dataclass(frozen=True, slots=True)
class Window:
    """Whose things are looked at, and when: ``narrow`` leaves of any rows those that may be seen.

    ``now``: what fell due long before is let be. ``until``: what is due soon after is near. ``bureau``: whether what
    is the bureau's own is seen.
    """

    now: dt.datetime
    until: dt.datetime
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]]
    bureau: bool

    @property
    def started(self) -> dt.datetime:
        """No clock that started before this is still worth a reminder."""
        return self.now - dt.timedelta(days=AHEAD_DAYS + BEHIND_DAYS)


class Reminded:
    """A kind of thing that is reminded of.

    ``placeholders`` are the names that its texts may use, ``audiences`` whom it may turn to.
    """

    kind: ClassVar[str]
    placeholders: ClassVar[tuple[str, ...]] = ("organisation", "count", "day", "days", "link")
    audiences: ClassVar[frozenset[str]] = frozenset(Audience.values)

    def open(self, window: Window) -> list[Subject]:
        """What is outstanding now, as far as ``window`` lets see; whatever is not among it is not reminded of."""
        raise NotImplementedError

    def title(self, subject: Subject) -> str:
        """What it is about, in one line with ``%(name)s``, in the language that is active."""
        raise NotImplementedError

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        """How it stands, likewise."""
        raise NotImplementedError

    def what_to_do(self, subject: Subject, audience: str) -> str:
        """What its reader is asked to do, likewise."""
        raise NotImplementedError

    def path(self, subject: Subject, audience: str) -> str:
        """The page on which something can be done about it."""
        raise NotImplementedError

    def names(self, subject: Subject, language: str, audience: str, today: dt.date) -> dict[str, str]:
        """What stands for each placeholder, in a language that is active."""
        return {
            **self.title_names(subject, language),
            "count": str(subject.count),
            "days": str(abs((today - subject.day).days)),
            "link": self.link(subject, audience),
        }

    def title_names(self, subject: Subject, language: str) -> dict[str, str]:
        """What stands for those that a title may use, without asking the database: titles are made by the thousand."""
        return {
            "organisation": name_of(subject.organisation, language),
            "day": day_of(subject.day),
            **dict(subject.named),
        }

    def link(self, subject: Subject, audience: str) -> str:
        """The whole address of ``path``."""
        return f"{settings.SITE_URL.rstrip('/')}{self.path(subject, audience)}"

    def subject_line(self, subject: Subject, language: str) -> str:
        """The title in a language, with names."""
        with translation.override(language):
            return (self.title(subject) % self.title_names(subject, language))[:200]


def name_of(organisation: Organisation, language: str) -> str:
    """An organisation's name in a language."""
    return organisation.name_en if language == "en" and organisation.name_en else organisation.name_zh


def day_of(day: dt.date) -> str:
    """A day as messages write it, in the language that is active."""
    return _written_day(day, translation.get_language())


@lru_cache(maxsize=1024)
def _written_day(day: dt.date, _language: str) -> str:
    # Translators: how a date is written, in Django's letters.
    return date_format(day, _("j F Y"))
