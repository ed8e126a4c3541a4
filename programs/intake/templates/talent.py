"""``talent-records/1``: what the ledger of heads grows from, with a way of its own that is made for long files."""

from programs.intake.columns import COLUMNS, TEMPLATE
from programs.intake.rules import SHARED
from programs.intake.templates.template import Engine, Template


def _engine() -> Engine:
    from programs.intake.templates import talent_engine

    return talent_engine


TALENT_RECORDS = Template(
    code=TEMPLATE,
    zh="人才记录",
    en="Talent records",
    periodic=True,
    columns=COLUMNS,
    also=tuple(code for code in SHARED if code != "E13"),
    document=("id_type", "id_number"),
    engine=_engine,
)
