"""Certificates of what was destroyed: numbered, and each with a digest that covers the one before.

The digest is the SHA-256 of the canonical form (members sorted, no white space, UTF-8), in which stand the number, the
digest of the certificate before, the content, and in the content the digest of every item in its order. It is entered
on the audit trail as well, which vouches for it.
"""

import hashlib
import json
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from backend import clock, locks
from backend.accounts.models import User
from backend.audit.services import enter_audit
from programs.disposal.models import DisposalCertificate, DisposalRun, DisposedItem

NUMBER = "disposal.certificate"
FORMAT = "shugu-disposal/1"
READERS = (User.Role.OFFICER, User.Role.ADMIN)
AT_ONCE = 2000


def certificates(actor: User | None) -> QuerySet[DisposalCertificate]:
    """Certificates, which name no person: for officers of the whole city, and for administrators."""
    if actor is None or actor.role not in READERS or actor.districts:
        return DisposalCertificate.objects.none()
    return DisposalCertificate.objects.select_related("run__rule")


@transaction.atomic
def issue(*, run: DisposalRun, told: dict[str, Any]) -> DisposalCertificate:
    """Close a run and write down what it destroyed, in the caller's transaction.

    Args:
        run: whose items are all written.
        told: what the certificate says besides: by which rule, in force since when and by whom.
    """
    locks.hold(NUMBER)
    run.closed_at = clock.now()
    run.save(update_fields=["closed_at"])
    number = (DisposalCertificate.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    before = DisposalCertificate.objects.filter(number=number - 1).values_list("digest", flat=True).first() or ""
    content = {**told, **_summed(run), "begun_at": _said(run.begun_at), "closed_at": _said(run.closed_at)}
    row = DisposalCertificate.objects.create(
        number=number, run=run, content=content, previous=before, digest=_digest(number, before, content)
    )
    detail = {"number": number, "digest": row.digest, "items": content["items"], "parts": content["parts"]}
    enter_audit(action="disposal.certify", subject=row, detail=detail)
    return row


def wrong() -> list[int]:
    """The numbers of the certificates that are not what they were when they were issued, or follow no other."""
    found, before, expected = [], "", 1
    rows = DisposalCertificate.objects.select_related("run").order_by("number")
    for row in rows.iterator(chunk_size=AT_ONCE):
        items = _summed(row.run)
        same = all(row.content.get(name) == value for name, value in items.items())
        fits = row.number == expected and row.previous == before
        if not (same and fits and row.digest == _digest(row.number, row.previous, row.content)):
            found.append(row.number)
        before, expected = row.digest, row.number + 1
    return found


def _summed(run: DisposalRun) -> dict[str, Any]:
    sha, parts, size, count = hashlib.sha256(), Counter[str](), 0, 0
    items = DisposedItem.objects.filter(run=run).order_by("pk")
    for one in items.iterator(chunk_size=AT_ONCE):
        sha.update(f"{one.table}|{one.subject_id}|{one.part}|{one.sha256}|{one.size}\n".encode())
        parts[one.part] += 1
        size += one.size
        count += 1
    return {"items": count, "bytes": size, "parts": dict(sorted(parts.items())), "items_digest": sha.hexdigest()}


def _digest(number: int, previous: str, content: dict[str, Any]) -> str:
    told = {"format": FORMAT, "number": number, "previous": previous, "content": content}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(moment: Any) -> str:
    return moment.astimezone(clock.BUREAU).isoformat(timespec="seconds")
