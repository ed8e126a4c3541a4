"""What this room holds on a person: which lots their records were drawn into."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Fate, Holding, declare

_LOT = lazy("The verdict on a lot rests on how many were looked at.")

declare(
    Holding(
        table="lot_unit",
        label=lazy("Lots that records were drawn into"),
        by={"record_id": By.RECORD},
        tells=("lot_id", "rank", "conforming", "outcome", "judged_at"),
        keeps=("outcome",),
        why=_LOT,
    ),
    Holding(
        table="lot_defect",
        label=lazy("Defects that were found"),
        through={"unit_id": "lot_unit"},
        tells=("column", "defect_class", "note"),
        fate=Fate.STRIPPED,
        strips={"note": "''"},
        keeps=("column", "defect_class"),
        why=_LOT,
    ),
)
