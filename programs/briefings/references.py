"""Where each figure of a briefing is opened: addresses of the system's own pages, at the snapshot's moment."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from programs.briefings.parts import Span
from programs.snapshots.models import Snapshot
from programs.targets.books import Moment
from programs.targets.parameters import told


@dataclass(frozen=True, slots=True)
class References:
    """The addresses of what a snapshot holds."""

    snapshot: Snapshot

    def target(self, code: str, /, **params: Any) -> str:
        """A target's figure at the snapshot's moment; ``per`` and ``by`` choose its course and its parts."""
        return self._at(f"/targets/{quote(code)}/", **params)

    def people(self, code: str, /, **params: Any) -> str:
        """The people behind a figure, narrowed by a dimension of its breakdown."""
        return self._at(f"/targets/{quote(code)}/people/", **params)

    def page(self) -> str:
        """The snapshot itself."""
        return _address(f"/snapshots/{self.snapshot.pk}/")

    def figures(self) -> str:
        """Every number of the snapshot as a row."""
        return _address(f"/snapshots/{self.snapshot.pk}/figures/")

    def canonical(self) -> str:
        """The file whose SHA-256 is the snapshot's digest."""
        return _address(f"/snapshots/{self.snapshot.pk}/canonical.json")

    def restated(self, known_at: dt.datetime) -> str:
        """What had changed of the snapshot by a moment."""
        moment = told(Moment(self.snapshot.as_of, known_at))
        return _address(f"/snapshots/{self.snapshot.pk}/", known_at=moment["known_at"])

    def _at(self, page: str, /, **params: Any) -> str:
        moment = told(Moment(self.snapshot.as_of, self.snapshot.known_at))
        return _address(page, **moment, **params)


def briefing(briefing_id: int) -> str:
    """The page of a briefing."""
    return _address(f"/briefings/{briefing_id}/")


def file(briefing_id: int, language: str, form: str) -> str:
    """One of a briefing's files."""
    return _address(f"/briefings/{briefing_id}/{language}.{form}")


def linked(value: str, link: str) -> Span:
    """A figure with the address that opens it."""
    return Span(value, link)


def _address(page: str, /, **params: Any) -> str:
    query: Mapping[str, Any] = {name: value for name, value in params.items() if value not in (None, "")}
    return settings.SITE_URL.rstrip("/") + page + (f"?{urlencode(query)}" if query else "")
