"""What this room holds on a person."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Fate, Holding, declare

PSEUDONYM = lazy("A number without a name: published figures rest on it.")

declare(
    Holding(
        table="person",
        label=lazy("Names and day of birth"),
        by={"id": By.PERSON, "canonical_id": By.PERSON},
        tells=("name", "gender", "birth_date", "created_at"),
        fate=Fate.STRIPPED,
        strips={"name": "'***'", "name_key": "'***'", "gender": "''", "birth_date": "NULL"},
        why=PSEUDONYM,
    ),
    Holding(
        table="identity_document",
        label=lazy("Identity documents"),
        by={"person_id": By.PERSON},
        tells=("id_type", "masked_number"),
        number="sealed_number",
        fate=Fate.ERASED,
    ),
    Holding(
        table="person_alias",
        label=lazy("Other names"),
        by={"person_id": By.PERSON},
        tells=("name", "created_at"),
        fate=Fate.ERASED,
    ),
    Holding(
        table="person_report",
        label=lazy("Organisations that reported the person"),
        by={"person_id": By.PERSON},
        tells=("organisation_id",),
        why=PSEUDONYM,
    ),
    Holding(
        table="sighting",
        label=lazy("Names as organisations gave them"),
        by={"person_id": By.PERSON},
        tells=("organisation_id", "name", "submission_id", "row", "since"),
        fate=Fate.ERASED,
    ),
    Holding(table="person_key", label=lazy("Blind keys"), by={"person_id": By.PERSON}, fate=Fate.ERASED),
    Holding(
        table="match_case",
        label=lazy("Questions whether two are one person"),
        by={"person_id": By.PERSON, "other_id": By.PERSON},
        tells=("kind", "organisation_id", "submission_id", "row", "reasons", "state", "opened_at", "decided_at"),
        fate=Fate.STRIPPED,
        strips={
            "name": "'***'",
            "name_key": "'***' || id",
            "reasons": "'[]'",
            "state": "CASE state WHEN 'open' THEN 'different' ELSE state END",
            "decided_at": "coalesce(decided_at, shugu_now())",
        },
        keeps=("kind",),
        why=lazy("That an officer decided, without what the decision was about."),
    ),
    Holding(
        table="person_merge",
        label=lazy("Merges"),
        by={"person_id": By.PERSON, "other_id": By.PERSON},
        tells=("merged_at", "split_at", "reason"),
        fate=Fate.STRIPPED,
        strips={"reason": "''"},
        why=PSEUDONYM,
    ),
    Holding(
        table="person_change",
        label=lazy("Marks to be settled"),
        by={"person_id": By.PERSON},
        keeps=("reason",),
        why=PSEUDONYM,
    ),
    Holding(table="roster_mark", label=lazy("Marks of the roster"), by={"person_id": By.PERSON}, why=PSEUDONYM),
    Holding(
        table="person_look",
        label=lazy("Who opened the person’s page"),
        by={"person_id": By.PERSON},
        why=lazy("Who has looked stays known, of whatever number it was."),
    ),
)
