"""What an entry of a plan file stands for: the codes that it names, or those of a series and rank or of a level."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from backend.reference.models import Code
from programs.targets.planfile import Entry, PlanFile, Qualifying, TierEntry


def expanded(plan: PlanFile) -> dict[str, tuple[Qualifying, ...]]:
    """By tier, the credentials that qualify for it, as the code tables stand now.

    Raises:
        BadPlan: a code, series, rank, level or status is not in the code tables, or a code is named twice in a tier.
    """
    rows = list(Code.objects.filter(table__in=["education", "title"], is_group=False).order_by("table", "position"))
    groups = {
        row.code: {row.code, row.name_zh, row.name_en, *row.aliases}
        for row in Code.objects.filter(table="title", is_group=True)
    }
    return {tier.code: _of_tier(plan, tier, rows, groups) for tier in plan.tiers}


def _of_tier(plan: PlanFile, tier: TierEntry, rows: list[Code], groups: dict[str, set[str]]) -> tuple[Qualifying, ...]:
    found: list[Qualifying] = []
    places: dict[tuple[object, ...], str] = {}
    for entry in tier.qualifying:
        codes = _codes(plan, entry, [row for row in rows if row.table == entry.kind], groups)
        for code in codes:
            key = (entry.kind, code, entry.valid_from)
            if key in places:
                told = _("names %(code)s, which another entry of the tier names for the same days")
                raise plan.bad(entry.place, told % {"code": f"{entry.kind} {code}"})
            places[key] = entry.place
            found.append(Qualifying(entry.kind, code, entry.valid_from, entry.valid_to, entry.evidence))
    return tuple(found)


def _codes(plan: PlanFile, entry: Entry, rows: list[Code], groups: dict[str, set[str]]) -> list[str]:
    if entry.codes:
        unknown = sorted(set(entry.codes) - {row.code for row in rows})
        if unknown:
            told = _("names %(codes)s: not in the code tables; load these first (load_reference) or mend the plan")
            listed = ", ".join(f"{entry.kind} {code}" for code in unknown)
            raise plan.bad(f"{entry.place}.codes", told % {"codes": listed})
        return list(entry.codes)
    if entry.kind == "title":
        series = {_series(plan, entry, one, groups) for one in entry.series}
        _known(plan, entry, "ranks", entry.ranks, (row.extra.get("level") for row in rows))
        chosen = [
            row.code
            for row in rows
            if row.extra.get("series") in series and (not entry.ranks or row.extra.get("level") in entry.ranks)
        ]
        name = "ranks" if entry.ranks else "series"
    else:
        _known(plan, entry, "levels", entry.levels, (row.extra.get("level") for row in rows))
        _known(plan, entry, "statuses", entry.statuses, (row.extra.get("status") for row in rows))
        chosen = [
            row.code
            for row in rows
            if row.extra.get("level") in entry.levels and row.extra.get("status") in entry.statuses
        ]
        name = "levels"
    if not chosen:
        raise plan.bad(f"{entry.place}.{name}", _("stands for no code of the code tables"))
    return chosen


def _series(plan: PlanFile, entry: Entry, named: str, groups: dict[str, set[str]]) -> str:
    for code, names in groups.items():
        if named in names:
            return code
    told = _("names “%(value)s”, which the code tables do not know (%(known)s)")
    known = ", ".join(sorted(groups))
    raise plan.bad(f"{entry.place}.series", told % {"value": named, "known": known})


def _known(plan: PlanFile, entry: Entry, name: str, asked: Iterable[str], known: Iterable[str | None]) -> None:
    there = {one for one in known if one}
    for value in asked:
        if value not in there:
            told = _("names “%(value)s”, which the code tables do not know (%(known)s)")
            raise plan.bad(f"{entry.place}.{name}", told % {"value": value, "known": ", ".join(sorted(there))})
