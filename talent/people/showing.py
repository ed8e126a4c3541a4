"""People as they are shown: names by the reader's role, numbers masked, each name and document with its first report.

A partner is shown the name that it gave itself, where that is not the one on record: others may have given that.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.models import User
from talent.people import selectors, sources
from talent.people.models import IdentityDocument, Merge, Person, PersonAlias, Sighting
from talent.people.naming import may_read_names, shown_name

# Output name -> path, for lists; what follows in ``shown`` is computed from these.
COLUMNS = {name: name for name in ("id", "name", "gender", "birth_date")}


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Rows of people as ``actor`` may see them, with their documents."""
    ids = [row["id"] for row in rows]
    documents = selectors.whole_documents(ids, actor)
    given = names_given(ids, actor)
    readable = may_read_names(actor)
    return [
        {
            "id": row["id"],
            "name": shown_name(given.get(row["id"], row["name"]), actor),
            "gender": row["gender"],
            "birth_date": row["birth_date"] if readable else None,
            "birth_year": row["birth_date"].year if row["birth_date"] else None,
            "documents": documents.get(row["id"], []),
        }
        for row in rows
    ]


def names_given(person_ids: Sequence[int], actor: User) -> dict[int, str]:
    """By row, the name that the actor's organisation gave it; nothing for staff, who see the name on record."""
    if actor.sees_everything or actor.organisation_id is None:
        return {}
    return selectors.own_names(person_ids, actor)


def shown_whole(person: Person, actor: User) -> dict[str, Any]:
    """One person with what is known of them, as far as ``actor`` may see it; the caller has found out that they may."""
    [answer] = shown([{name: getattr(person, name) for name in COLUMNS}], actor)
    rows = sorted(selectors.group(person.pk, actor))
    sightings = list(selectors.sightings(rows, actor))
    names = _names(rows, sightings, actor)
    answer["documents"] = _documents(rows, sightings, actor)
    answer["names"] = [one | {"name": shown_name(one["name"], actor)} for one in names]
    others = dict.fromkeys(one["name"] for one in answer["names"] if one["name"] != answer["name"])
    answer["other_names"] = list(others) if may_read_names(actor) else _masked_others(names, person, actor)
    answer["merges"] = [shown_merge(one) for one in selectors.merges(rows, actor)]
    return answer | sources.sections(person, actor)


def shown_merge(merge: Merge) -> dict[str, Any]:
    """A merge that stands or was taken back: the rows that it joined, by which pair, and when."""
    return {
        "id": merge.pk,
        "person": merge.person_id,
        "other": merge.other_id,
        "match": merge.case_id,
        "merged_at": merge.merged_at,
        "split_at": merge.split_at,
        "reason": merge.reason,
    }


def _names(rows: Sequence[int], sightings: Sequence[Sighting], actor: User) -> list[dict[str, Any]]:
    """Every name that the actor may know, once, with its first report where that is known."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for one in sightings:
        found.setdefault((one.person_id, one.name_key), {"name": one.name, "person": one.person_id, **_origin(one)})
    if actor.sees_everything or not sightings:
        # The name on record, and those that an officer found to be theirs: of rows from before sightings were kept.
        aliases = PersonAlias.objects.filter(person__in=rows).order_by("pk")
        known = [
            *Person.objects.filter(pk__in=rows).order_by("pk").values_list("pk", "name", "name_key", "created_at"),
            *aliases.values_list("person_id", "name", "name_key", "created_at"),
        ]
        for pk, name, key, since in known:
            found.setdefault((pk, key), {"name": name, "person": pk, **_origin(None), "since": since})
    return sorted(found.values(), key=lambda one: (one["since"], one["person"]))


def _masked_others(names: Sequence[Mapping[str, Any]], person: Person, actor: User) -> list[str]:
    # Masked, another name may look like the first one: who may not read names is still told that there are several.
    return [shown_name(name, actor) for name in dict.fromkeys(one["name"] for one in names) if name != person.name]


def _documents(rows: Sequence[int], sightings: Sequence[Sighting], actor: User) -> list[dict[str, Any]]:
    """Each document masked, with the row that it belongs to and that row's first report, as far as it may be known."""
    first = {one.person_id: one for one in reversed(sightings)}
    documents = IdentityDocument.objects.filter(person__in=rows).select_related("person").order_by("person", "pk")
    return [
        {
            "id_type": one.id_type,
            "number": one.masked_number,
            "person": one.person_id,
            **_origin(first.get(one.person_id)),
            # Since when others report it is not a partner's to know.
            **({"since": one.person.created_at} if actor.sees_everything else {}),
        }
        for one in documents
    ]


def _origin(sighting: Sighting | None) -> dict[str, Any]:
    if sighting is None:
        return {"since": None, "organisation": None, "submission": None, "row": None}
    return {
        "since": sighting.since,
        "organisation": sighting.organisation.code,
        "submission": sighting.submission_id,
        "row": sighting.row,
    }
