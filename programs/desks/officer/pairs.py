"""What the pages say of a match case: its two sides fact by fact with what differs marked, its reasons, its story."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.naming import in_language
from backend.reference.selectors import label
from backend.web.templatetags.web import day, moment, named
from programs.desks.officer.words import MATCH_STATES
from talent.people.models import MatchCase, Merge
from talent.people.pairs import MATCH_COLUMNS, shown_matches

NAMES = ("organisation__name_zh", "organisation__name_en", "decided_by_id")
PATHS = (*MATCH_COLUMNS.values(), *NAMES)
State = MatchCase.State
Pieces = list[tuple[str, bool]]

KINDS: dict[str, str | Promise] = {
    MatchCase.Kind.NAME: lazy("Two names for one number"),
    MatchCase.Kind.PAIR: lazy("Two persons under different documents"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of both sides, each in lines of pieces with whether the other side lacks the piece."""

    label: str
    left: Sequence[Pieces]
    right: Sequence[Pieces]
    differs: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened to a case: when, in words, why."""

    at: dt.datetime
    said: str
    reason: str = ""


def presented(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Match cases, read by ``PATHS``, as the pages show them."""
    pairs = shown_matches(rows)
    codes = {code for pair in pairs for side in pair["sides"] for code in side["organisations"]}
    partners = {one.code: named(one) for one in accounts.organisations(actor).filter(code__in=codes)} if codes else {}
    for pair, row in zip(pairs, rows, strict=True):
        pair["organisation_name"] = in_language(row[NAMES[0]], row[NAMES[1]])
        pair["state_label"] = MATCH_STATES[State(row["state"])]
        pair["kind_label"] = KINDS[row["kind"]]
        pair["on_record"], pair["reported"] = told_apart(row["person__name"], row["name"])
        pair["cards"] = [{"type": label("id_type", one["id_type"]), **one} for one in pair["documents"]]
        pair["heaviest"] = max((abs(one["weight"] or 0) for one in pair["reasons"]), default=0)
        if len(pair["sides"]) > 1:
            one, other = pair["sides"]
            pair["facts"] = facts(one, other, partners)
    return pairs


def facts(one: Mapping[str, Any], other: Mapping[str, Any], partners: Mapping[str, str]) -> list[Fact]:
    """The two sides of a pair, fact by fact."""

    def genders(side: Mapping[str, Any]) -> str:
        return label("gender", side["gender"]) if side["gender"] else ""

    names = told_apart(one["name"], other["name"])
    born = told_apart(_day(one["birth_date"]), _day(other["birth_date"]))
    return [
        Fact(_("Name"), [names[0]], [names[1]], one["name"] != other["name"]),
        _listed(_("Documents"), [*map(_card, one["documents"])], [*map(_card, other["documents"])], plain=True),
        Fact(_("Born"), [born[0]], [born[1]], one["birth_date"] != other["birth_date"]),
        _listed(_("Gender"), [genders(one)], [genders(other)]),
        _listed(_("School"), one["schools"], other["schools"]),
        _listed(
            _("Reported by"),
            [partners.get(code, code) for code in one["organisations"]],
            [partners.get(code, code) for code in other["organisations"]],
            plain=True,
        ),
        _listed(_("Known since"), [moment(one["since"])], [moment(other["since"])], plain=True),
    ]


def _listed(label: str, left: Sequence[str], right: Sequence[str], *, plain: bool = False) -> Fact:
    """A fact in whole values; ``plain`` where it says nothing that they differ."""
    return Fact(
        label,
        [[(value, not plain and value not in right)] for value in left if value],
        [[(value, not plain and value not in left)] for value in right if value],
        not plain and set(left) != set(right),
    )


def _card(document: Mapping[str, str]) -> str:
    return f"{label('id_type', document['id_type'])} {document['number']}"


def _day(born: dt.date | None) -> str:
    return day(born) if born else ""


def told_apart(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Two texts in pieces, each with whether the other text lacks it."""
    left: Pieces = []
    right: Pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left += [(one[a:b], kind != "equal")] if b > a else []
        right += [(other[c:d], kind != "equal")] if d > c else []
    return left, right


def story(row: Mapping[str, Any], pair: Mapping[str, Any]) -> list[Told]:
    """What happened to a case, the earliest first: opened, answered, merged and split."""
    merges = list(Merge.objects.filter(case=row["id"]).order_by("pk"))
    names = _usernames(
        [row["decided_by_id"], *(one.merged_by_id for one in merges), *(one.split_by_id for one in merges)]
    )
    opened = _("Made known by %(organisation)s, submission %(submission)s, row %(row)s.") % {
        "organisation": pair["organisation_name"],
        "submission": row["submission_id"],
        "row": row["row"],
    }
    told = [Told(row["opened_at"], opened)]
    for one in merges:
        told.append(Told(one.merged_at, _("%(by)s merged the two.") % {"by": names.get(one.merged_by_id, "–")}))
        if one.split_at is not None:
            said = _("%(by)s split the two again.") % {"by": names.get(one.split_by_id, "–")}
            told.append(Told(one.split_at, said, one.reason))
    stands = any(one.split_at is None for one in merges)
    if row["decided_at"] is not None and not stands:
        told.append(Told(row["decided_at"], _answered(row, names)))
    return sorted(told, key=lambda one: one.at)


def _answered(row: Mapping[str, Any], names: Mapping[int | None, str]) -> str:
    answer = {
        "by": names.get(row["decided_by_id"], "–"),
        "state": MATCH_STATES[State(row["state"])],
        "id": row["follows_id"],
    }
    if row["follows_id"]:
        return _("%(by)s answered pair %(id)s “%(state)s”, which is about the same two.") % answer
    return _("%(by)s answered “%(state)s”.") % answer


def _usernames(ids: Iterable[int | None]) -> dict[int | None, str]:
    return dict(User.objects.filter(pk__in={id for id in ids if id}).values_list("pk", "username"))


def partners_of(actor: User) -> list[tuple[str, str]]:
    """Every organisation that may have reported one of a pair, by code and name."""
    found = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
    return [(one.code, f"{named(one)} · {one.code}") for one in found]
