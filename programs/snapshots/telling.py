"""A restatement in words, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.templatetags.web import moment as by_the_minute
from backend.web.templatetags.web import named, signed
from programs.snapshots.restating import PartMoved, Restated, Restatement
from programs.targets.readings import Moved
from talent.people.models import PersonChange

MOST_PARTS = 5

DIMENSIONS: Mapping[str, str | Promise] = {
    "organisation": lazy("By organisation"),
    "district": lazy("By district"),
    "path": lazy("By path"),
    "basis": lazy("By credential"),
    "segment": lazy("By segment"),
    "programme": lazy("By programme"),
}


def text(restatement: Restatement) -> str:
    """All of it: a paragraph for each target, and what has become of the rule."""
    return "\n\n".join(paragraphs(restatement))


def paragraphs(restatement: Restatement) -> list[str]:
    """What is told of each target, then of all."""
    told = [told_of(restatement, target) for target in restatement.targets]
    if restatement.rule_changed:
        told.append(
            _("The rule of who counts was changed since the snapshot; what it changed is part of the differences.")
        )
    return told


def told_of(restatement: Restatement, target: Restated) -> str:
    """What is told of one target, as a paragraph."""
    return joined(_sentences(restatement, target))


def joined(sentences: Sequence[str]) -> str:
    """Sentences one after the other; Chinese ones stand side by side."""
    return ("" if _chinese() else " ").join(sentences)


def listed(items: Sequence[str]) -> str:
    """The items of a list inside a sentence."""
    return ("，" if _chinese() else ", ").join(items)


def _sentences(restatement: Restatement, target: Restated) -> list[str]:
    told = [_published(restatement, target), _now(restatement, target)]
    if target.now is None:
        return told
    if target.goal_changed:
        told.append(
            _("The goal was %(then)s when it was published and is %(now)s now.")
            % {"then": _figure(target.then["goal"]), "now": _figure(target.now["goal"])}
        )
    told += _moves(target)
    if not target.reproduced:
        told.append(
            _(
                "Read at the moment of publishing, the ledger gives %(opening)s and not the published figure:"
                " have the books examined."
            )
            % {"opening": _figure(target.opening)}
        )
    return told


def _published(restatement: Restatement, target: Restated) -> str:
    snapshot = restatement.snapshot
    return _("Published on %(published)s: %(then)s of %(goal)s for “%(target)s”, as of %(day)s.") % {
        "published": _day(timezone.localdate(snapshot.published_at)),
        "then": _figure(target.then["achieved"]),
        "goal": _figure(target.then["goal"]),
        "target": named(target),
        "day": _day(snapshot.as_of),
    }


def _now(restatement: Restatement, target: Restated) -> str:
    if target.now is None:
        return _("The plan has no such target any more, so nothing can be set beside it.")
    values = {
        "since": _lead(restatement),
        "now": _figure(target.now["achieved"]),
        "by": _figure(abs(target.delta)),
        "reasons": listed(_reasons(target)),
    }
    if target.delta < 0:
        return _("%(since)s: %(now)s, %(by)s fewer: %(reasons)s.") % values
    if target.delta > 0:
        return _("%(since)s: %(now)s, %(by)s more: %(reasons)s.") % values
    if target.moved:
        return _("%(since)s: %(now)s as before, though not all as before: %(reasons)s.") % values
    return _("%(since)s: %(now)s; nothing has changed.") % values


def _lead(restatement: Restatement) -> str:
    """From when the comparison is, and whether both figures were counted by one rule (同口径)."""
    changed = restatement.rule_changed
    if restatement.moment.latest:
        return _("As now known, by the rule in force now") if changed else _("As now known, on the same basis")
    known = {"moment": by_the_minute(restatement.moment.known_at)}
    # By which rule the books stood then is not said by the rule that is in force now.
    return (_("As known at %(moment)s") if changed else _("As known at %(moment)s, on the same basis")) % known


def _reasons(target: Restated) -> list[str]:
    """The net of each reason, which come to the difference, and the heads that only changed their place."""
    told = [_reason(one) for one in sorted(target.moved, key=lambda one: (-abs(one.delta), one.reason)) if one.delta]
    if target.swapped:
        told.append(
            ngettext(
                "%(n)s was taken back and counted anew elsewhere or from another day",
                "%(n)s were taken back and counted anew elsewhere or from another day",
                target.swapped,
            )
            % {"n": _figure(target.swapped)}
        )
    # The ledger says nothing for a difference that somebody made beside it.
    return told or [_("for no reason that the ledger gives")]


def _reason(one: Moved) -> str:
    return (_gained if one.delta > 0 else _lost)(PersonChange.Reason(one.reason), abs(one.delta))


def _gained(reason: PersonChange.Reason, n: int) -> str:
    known = PersonChange.Reason
    return {
        known.VERIFIED: _("%(n)s verified later"),
        known.CONFIRMED: _("%(n)s by credentials confirmed later"),
        known.EVIDENCED: _("%(n)s by evidence filed later"),
        known.REOPENED: _("%(n)s by verdicts on credentials taken back"),
        known.MERGED: _("%(n)s gained by merging persons"),
        known.SPLIT: ngettext("%(n)s found to be a person apart", "%(n)s found to be persons apart", n),
        known.RULE_CHANGED: _("%(n)s gained by the changed rule"),
        known.CORRECTED: _("%(n)s gained by corrected records"),
        known.RECLASSIFIED: _("%(n)s gained by counting under another heading"),
        known.UNDONE: _("%(n)s by decisions undone"),
        known.REFUTED: _("%(n)s gained after credentials were found false"),
        known.REVOKED: _("%(n)s gained after records were revoked"),
    }[reason] % {"n": _figure(n)}


def _lost(reason: PersonChange.Reason, n: int) -> str:
    known = PersonChange.Reason
    return {
        known.REVOKED: _("%(n)s revoked"),
        known.REFUTED: ngettext(
            "%(n)s whose credential was found false", "%(n)s whose credentials were found false", n
        ),
        known.MERGED: ngettext(
            "%(n)s found to be somebody who counts already", "%(n)s found to be persons who count already", n
        ),
        known.UNDONE: ngettext("%(n)s whose verification was undone", "%(n)s whose verifications were undone", n),
        known.EVIDENCED: _("%(n)s whose evidence was taken away"),
        known.REOPENED: _("%(n)s lost by verdicts on credentials taken back"),
        known.SPLIT: _("%(n)s lost by splitting persons"),
        known.RULE_CHANGED: _("%(n)s lost by the changed rule"),
        known.CORRECTED: _("%(n)s lost by corrected records"),
        known.RECLASSIFIED: _("%(n)s lost by counting under another heading"),
        known.CONFIRMED: _("%(n)s lost after credentials were confirmed"),
        known.VERIFIED: _("%(n)s lost after records were verified"),
    }[reason] % {"n": _figure(n)}


def _moves(target: Restated) -> list[str]:
    """By organisation, or else by whatever moved: a total that is the same says nothing of its parts."""
    told = ["organisation"] if "organisation" in target.parts else list(target.parts)
    return [
        _("%(dimension)s, then and now: %(parts)s.")
        % {"dimension": DIMENSIONS[by], "parts": listed(_parts(target.parts[by]))}
        for by in told
    ]


def _parts(parts: Sequence[PartMoved]) -> list[str]:
    told = [
        _("%(part)s %(then)s → %(now)s (%(delta)s)")
        % {"part": one.label, "then": _figure(one.then), "now": _figure(one.now), "delta": signed(one.delta)}
        for one in parts[:MOST_PARTS]
    ]
    rest = len(parts) - MOST_PARTS
    if rest > 0:
        told.append(ngettext("and %(n)s other", "and %(n)s others", rest) % {"n": _figure(rest)})
    return told


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _day(day: Any) -> str:
    # Translators: how a date is written, in Django's letters.
    return date_format(day, _("j F Y"))


def _figure(value: int) -> str:
    return f"{value:,}"
