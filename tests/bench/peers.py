"""The usual ways of taking a table in, each on a flat table of texts with nothing sealed, checked or compared."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction
from import_export import resources
from rest_framework import serializers
from tablib import Dataset

from programs.intake.columns import COLUMNS
from tests.bench import rows
from tests.bench.figures import seconds

BY_ROW = 1_500
IN_BULK = 4_000
BY_SERIALIZER = 8_000

# In this process alone does the house hold such a table: an import insists that its table's app is installed.
Flat: type[models.Model] = type(
    "Flat",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "programs", "db_table": "bench_flat"}),
        # The row's own reference is what an import looks its rows up by: it may as well find them by an index.
        **{
            column.code: models.TextField(blank=True, unique=column.code == "partner_ref", db_default="")
            for column in COLUMNS
        },
    },
)


class ByRow(resources.ModelResource):
    """django-import-export as it comes."""

    class Meta:
        model = Flat
        import_id_fields = ("partner_ref",)
        exclude = ("id",)


class InBulk(resources.ModelResource):
    """django-import-export in its bulk mode."""

    class Meta(ByRow.Meta):
        use_bulk = True


class FlatList(serializers.ListSerializer):
    """Many rows made at once."""

    def create(self, validated_data: list[dict[str, Any]]) -> list[models.Model]:
        made: list[models.Model] = Flat.objects.bulk_create([Flat(**row) for row in validated_data])  # type: ignore[attr-defined]
        return made


class FlatSerializer(serializers.ModelSerializer):
    """DRF's serializer over the same table."""

    class Meta:
        model = Flat
        list_serializer_class = FlatList
        exclude = ("id",)


def per_row() -> dict[str, float]:
    """Seconds that each way takes for a row of GB18030 CSV, from the bytes to the commit."""
    with _table():
        first, told = 0, {}
        for name, count, call in (
            ("django-import-export", BY_ROW, lambda data: _imported(ByRow(), data)),
            ("django-import-export in bulk", IN_BULK, lambda data: _imported(InBulk(), data)),
            ("DRF many=True with bulk_create", BY_SERIALIZER, _deserialized),
        ):
            data = rows.as_csv(rows.make(first, count, "P", "C").frame)
            first += count
            told[name] = seconds(lambda call=call, data=data: call(data)) / count  # type: ignore[misc]
            assert Flat.objects.count() == first  # type: ignore[attr-defined]
    return told


def _imported(resource: resources.ModelResource, data: bytes) -> None:
    result = resource.import_data(Dataset().load(_in_codes(data), format="csv"), dry_run=False, raise_errors=True)
    assert not result.has_errors()


def _deserialized(data: bytes) -> None:
    with transaction.atomic():
        reading = FlatSerializer(data=list(csv.DictReader(io.StringIO(_in_codes(data)))), many=True)
        reading.is_valid(raise_exception=True)
        reading.save()


def _in_codes(data: bytes) -> str:
    """The file as text, its header in the names of the table's columns."""
    head, _, body = data.decode("gb18030").partition("\r\n")
    assert head.count(",") + 1 == len(COLUMNS)
    return ",".join(column.code for column in COLUMNS) + "\n" + body


@contextmanager
def _table() -> Iterator[None]:
    with connections["owner"].schema_editor() as editor:
        editor.create_model(Flat)
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT ALL ON bench_flat TO shugu_app; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO shugu_app")
    yield
    with connections["owner"].schema_editor() as editor:
        editor.delete_model(Flat)
