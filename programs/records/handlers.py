"""What records tell to rooms below them."""

import json
from collections.abc import Iterable

from backend.vault import services as vault
from backend.vault.masking import mask_number
from programs.records import districts
from programs.records.models import Record
from programs.records.traits import phones_of
from talent.credentials.numbers import number_source
from talent.people.traits import phone_source

districts.bind_all()

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
