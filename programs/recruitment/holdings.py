"""What this room holds on a person: as whom an employer wished to bring them in."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Fate, Holding, declare

_FUNNEL = lazy("How many went which way is counted from it, without who they were.")

declare(
    Holding(
        table="candidate",
        label=lazy("Candidates"),
        by={"id": By.CANDIDATE},
        tells=(
            *("id", "organisation_id", "source", "ref", "id_type", "masked_number", "masked_mobile", "birth_date"),
            *("gender", "education", "school", "graduated_on", "title", "title_awarded_on", "notes", "stage"),
            *("stage_on", "entered_on"),
        ),
        sealed="sealed",
        fate=Fate.STRIPPED,
        strips={
            # ``sealed`` is sealed anew for its row, with three stars for a name, by whoever erases.
            "ref": "''",
            "name_index": "sha256('\\x'::bytea)",
            "id_type": "''",
            "number_index": "NULL",
            "masked_number": "''",
            "masked_mobile": "''",
            "birth_date": "NULL",
            "gender": "''",
            "school": "''",
            "graduated_on": "NULL",
            "title_awarded_on": "NULL",
            "notes": "''",
            "digest": "NULL",
            "person_id": "NULL",
        },
        keeps=("source", "education", "title", "stage", "known", "sealed"),
        why=_FUNNEL,
    ),
    Holding(
        table="candidate_move",
        label=lazy("How a candidate went on"),
        by={"candidate_id": By.CANDIDATE},
        tells=("candidate_id", "before", "to", "day", "reason", "note"),
        fate=Fate.STRIPPED,
        strips={"note": "''"},
        keeps=("before", "to", "reason"),
        why=_FUNNEL,
        said=True,
    ),
    Holding(
        table="candidate_document",
        label=lazy("A candidate’s documents"),
        by={"candidate_id": By.CANDIDATE},
        tells=("candidate_id", "kind", "media", "size", "sha256", "filed_at"),
        fate=Fate.ERASED,
    ),
    Holding(
        table="candidate_arrival",
        label=lazy("Arrivals of a candidate"),
        by={"candidate_id": By.CANDIDATE, "record_id": By.RECORD},
        tells=("candidate_id", "record_id", "day", "employer", "state"),
        fate=Fate.STRIPPED,
        strips={"employer": "''", "employer_uscc": "''"},
        keeps=("state", "district"),
        why=_FUNNEL,
    ),
    Holding(
        table="candidate_hint",
        label=lazy("Whom a candidate resembles"),
        by={"candidate_id": By.CANDIDATE, "person_id": By.PERSON},
        tells=("candidate_id", "reasons"),
        fate=Fate.ERASED,
    ),
    Holding(
        table="candidate_key",
        label=lazy("Blind keys of candidates"),
        by={"candidate_id": By.CANDIDATE},
        fate=Fate.ERASED,
    ),
)
