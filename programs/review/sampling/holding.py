"""What lots keep from other decisions: their members until they are done, and many at once where that is set."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import Organisation
from backend.problems import Conflict, register
from programs.records.models import Decision
from programs.review.sampling.models import LotUnit, SamplingSetting
from programs.review.sampling.settings import in_force

register(verified_as_lots=lazy("These records are verified as lots"))


def held(record_ids: Sequence[int], but_by: int | None = None) -> dict[int, int]:
    """By record, the lot that holds it, but for the lot ``but_by`` that decides on its own members.

    What its partner has reported anew since is held no longer. Before a decision the caller has the records locked, so
    that no lot can take one meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, lot_id FROM lot_unit JOIN record ON record.id = record_id"
            " WHERE held AND record_id = ANY(%s) AND lot_id IS DISTINCT FROM %s"
            " AND record.submission_id = lot_unit.submission_id",
            [list(record_ids), but_by],
        )
        return dict(cursor.fetchall())


def in_a_lot() -> Exists:
    """The condition, upon records, of being held by a lot: nobody need take such a record on, it is decided with it."""
    return Exists(LotUnit.objects.filter(record=OuterRef("pk"), held=True, submission=OuterRef("submission")))


def refuse_outside_lots(record_ids: Sequence[int], decision: str) -> None:
    """Refuse to verify many records at once where that is only done by lots. One record at a time is looked at anyway.

    Raises:
        Conflict: names the organisations.
    """
    if decision != Decision.Kind.VERIFY or len(record_ids) < 2:
        return
    setting = in_force()
    if not setting.on:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT organisation_id FROM record WHERE id = ANY(%s) AND state = 'submitted'", [list(record_ids)]
        )
        asked = [id for (id,) in cursor.fetchall()]
    barred = [id for id in asked if (found := setting.of(id)) and found.outside == SamplingSetting.Outside.REFUSED]
    if barred:
        codes = sorted(Organisation.objects.filter(pk__in=barred).values_list("code", flat=True))
        raise Conflict(
            _("Records of %(codes)s are verified as lots or one by one, not many at once. Open a lot for them.")
            % {"codes": ", ".join(codes)},
            "verified_as_lots",
            organisations=codes,
        )
