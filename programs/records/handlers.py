"""What records tell to rooms below them."""

import json
from collections.abc import Collection, Iterable

from django.db.models import Case, Count, F, Max, Min, Q, When
from django.db.models.functions import Greatest

from backend.accounts import scope
from backend.vault import services as vault
from backend.vault.columns import seals
from backend.vault.masking import mask_number
from programs.catalogue.places import Held, knows_people
from programs.records import districts
from programs.records.models import NOT_LIVE, Amendment, Decision, Outcome, Record, Revision, Undoing
from programs.records.traits import phones_of
from talent.credentials.numbers import number_source
from talent.people.traits import phone_source

districts.bind_all()
scope.read_from_above(Record, Amendment, Revision, Decision, Undoing)

for _table in ("record", "amendment", "revision"):
    seals(_table, "sealed")

CERTIFICATES = {"education": "education_cert_no", "title": "title_cert_no"}

phone_source(phones_of)


@number_source
def certificate_numbers(record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By record, by kind of credential, the certificate's number as it rests sealed with the record, masked."""
    rows = dict(Record.objects.filter(pk__in=list(record_ids), sealed__isnull=False).values_list("pk", "sealed"))
    opened = vault.unseal_many("record", "sealed", list(rows), [bytes(sealed or b"") for sealed in rows.values()])
    found = {}
    for record, text in zip(rows, opened, strict=True):
        inside = json.loads(text)
        found[record] = {kind: mask_number(inside[name]) for kind, name in CERTIFICATES.items() if inside.get(name)}
    return found


@knows_people
def people_in(cohort_ids: Collection[int]) -> dict[int, Held]:
    """By cohort, how many live records take a place in it, and the first and last day that they give."""
    live = Record.objects.filter(cohort__in=list(cohort_ids)).exclude(state__in=NOT_LIVE)
    last = Case(When(outcome=Outcome.COMPLETED, then=Greatest("completed_on", "started_on")), default=F("started_on"))
    found = live.values("cohort").annotate(
        taken=Count("pk", filter=~Q(outcome=Outcome.WITHDRAWN)), first=Min("started_on"), last=Max(last)
    )
    # Places are taken by people of every district, whoever asks.
    with scope.whole():
        return {one["cohort"]: Held(one["taken"], one["first"], one["last"]) for one in found}
