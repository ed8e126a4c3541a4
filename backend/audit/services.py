"""Writing the audit trail."""

import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from backend.audit import context
from backend.vault.masking import scrub

SYSTEM = "system"

# A digest or an action's id would be spoilt by masking the runs of digits that happen to stand in it.
_DIGEST = re.compile(r"(?=.*[a-f])([0-9a-f]{32,128}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_LONG_NUMBER = 10**14


def enter_audit(
    *,
    action: str,
    subject: models.Model | tuple[str, object],
    detail: dict[str, Any] | None = None,
    actor: context.Actor | None = None,
) -> None:
    """Write one entry on the trail, in the caller's transaction: what is rolled back was not done.

    Args:
        action: what was done, as ``room.verb`` (``record.verify``).
        subject: the row it was done to, or its kind and id where there is no one row.
        detail: what the entry should remember; identity numbers inside any text are masked.
        actor: who did it, where it is not the user of the action under way.
    """
    under_way = context.current()
    who = actor or under_way.user
    kind, key = (subject._meta.db_table, subject.pk) if isinstance(subject, models.Model) else subject
    with connection.cursor() as cursor:
        # No RETURNING, which the ORM would add: a partner may be entered on the trail and may not read it.
        cursor.execute(
            "INSERT INTO audit_entry (action_id, actor_id, actor, role, organisation_id, action, subject_type,"
            " subject_id, detail, address) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                under_way.id,
                who.pk if who else None,
                who.username if who else SYSTEM,
                who.role if who else "",
                who.organisation_id if who else None,
                action,
                kind,
                "" if key is None else str(key),
                json.dumps(_masked(detail or {}), cls=DjangoJSONEncoder, ensure_ascii=False),
                under_way.address,
            ],
        )


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if _DIGEST.fullmatch(value) else scrub(value.replace("\0", ""))
    if isinstance(value, int) and abs(value) >= _LONG_NUMBER:
        return scrub(str(value))
    if isinstance(value, dict):
        return {_masked(str(key)): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return value
