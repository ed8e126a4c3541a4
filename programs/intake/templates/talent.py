"""``talent-records/1``: what the ledger of heads grows from, with a way of its own that is made for long files."""

from backend.accounts.models import Organisation, User
from backend.naming import in_language
from programs.catalogue import selectors as catalogue
from programs.intake.columns import COLUMNS, TEMPLATE
from programs.intake.rules import SHARED
from programs.intake.templates.template import Engine, Template


def _engine() -> Engine:
    from programs.intake.templates import talent_engine

    return talent_engine


def _choices(actor: User, organisation: Organisation | None) -> dict[str, list[tuple[str, str]]]:
    """The programmes and cohorts that may be reported to."""
    programmes = catalogue.programmes(actor).order_by("code")
    cohorts = catalogue.cohorts(actor).order_by("code")
    if organisation is not None:
        programmes, cohorts = programmes.filter(organisations=organisation), cohorts.filter(organisation=organisation)
    return {
        "programme": [(one.code, f"{one.code} {in_language(one.name_zh, one.name_en)}") for one in programmes],
        "cohort": [(code, code) for code in cohorts.values_list("code", flat=True)],
    }


TALENT_RECORDS = Template(
    code=TEMPLATE,
    zh="人才记录",
    en="Talent records",
    periodic=True,
    columns=COLUMNS,
    also=tuple(code for code in SHARED if code != "E13"),
    document=("id_type", "id_number"),
    choices=_choices,
    engine=_engine,
)
