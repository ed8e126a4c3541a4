"""A template of the tests' own: cohorts as partners plan them, with every kind of column that there is."""

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from backend.accounts.models import Organisation, User
from backend.reference.folding import fold
from programs.catalogue.models import Cohort, Programme
from programs.intake.found import Test, by_reason
from programs.intake.layout import Choice, Column
from programs.intake.rules import CELLS, ERROR, ROWS, WARNING, rule
from programs.intake.rules_text import Text
from programs.intake.templates.template import Template
from programs.intake.templates.work import AMENDMENT, NEW, UNCHANGED, Crossed, Work, again

MODES = (
    Choice("room", "线下", "In a room", ("面授",)),
    Choice("online", "线上", "Online"),
)
COLUMNS = (
    Column("code", "班次编号", "Cohort code", "yes", "text", aliases=("班号",)),
    Column("programme", "项目编号", "Programme code", "yes", "text"),
    Column("starts_on", "开班日期", "Starts on", "yes", "date"),
    Column("ends_on", "结班日期", "Ends on", "yes", "date", month="last"),
    Column("capacity", "计划人数", "Places", "no", "number", least=1, most=5_000),
    Column("fee", "收费标准", "Fee", "no", "decimal", least=0),
    Column("mode", "授课方式", "Mode", "no", "code", choices=MODES),
    Column("district", "开班区县", "District", "no", "code"),
    Column("host_uscc", "承办单位代码", "Host's credit code", "no", "uscc"),
    Column("head", "班主任", "Head", "no", "name"),
    Column("id_type", "证件类型", "ID type", "no", "code"),
    Column("id_number", "证件号码", "ID number", "no", "number_text", masked=True),
    Column("telephone", "联系电话", "Telephone", "no", "number_text", masked=True),
    Column("remarks", "备注", "Remarks", "no", "text", prose=True),
)


def _text(chinese: str, english: str) -> Text:
    said = (chinese, english)
    return Text(said, (f"“{{column}}”{chinese}。", f"“{{column}}”: {english}."), said, said)


RULES = (
    rule("T01", ERROR, CELLS, ("programme",), _text("没有这个项目", "no such programme")),
    rule("T02", ERROR, CELLS, ("ends_on",), _text("早于开班日期", "before the start")),
    rule("T03", ERROR, ROWS, ("code",), _text("班次重复", "twice in the file")),
    rule("T04", WARNING, ROWS, ("capacity",), _text("人数减少", "fewer places than before"), adjustable=True),
)


class CohortWork(Work):
    """Cohorts are known by their code within the organisation: new, moved, or as they stand."""

    @cached_property
    def programmes(self) -> dict[str, int]:
        """The programmes that the organisation takes part in, by folded code."""
        own = Programme.objects.filter(programmeorganisation__organisation=self.given.organisation)
        return {fold(one.code): one.pk for one in own}

    def look(self, cells: pl.DataFrame) -> pl.DataFrame:
        ids = [self.programmes.get(fold(text or "")) for text in cells["programme"]]
        return cells.with_columns(pl.Series("programme_id", ids, dtype=pl.Int64))

    def tests(self) -> Sequence[Test]:
        return [
            Test("T01", "programme", pl.col("programme").is_not_null() & pl.col("programme_id").is_null()),
            Test("T02", "ends_on", pl.col("ends_on__day") < pl.col("starts_on__day")),
        ]

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        found = Cohort.objects.filter(organisation=self.given.organisation, code__in=rows["code"].to_list())
        if locking:
            found = found.select_for_update().order_by("pk")
        schema = {
            "code": pl.String,
            "standing": pl.Int64,
            "old__starts_on": pl.Date,
            "old__ends_on": pl.Date,
            "old__capacity": pl.Int64,
        }
        books = pl.DataFrame(
            list(found.values_list("code", "pk", "starts_on", "ends_on", "capacity")), schema=schema, orient="row"
        )
        known = rows.join(books, on="code", how="left", maintain_order="left")
        same = pl.all_horizontal(
            pl.col(name).eq_missing(pl.col(f"old__{name}")) for name in ("starts_on", "ends_on", "capacity")
        )
        known = known.with_columns(
            fate=pl.when(pl.col("standing").is_null())
            .then(pl.lit(NEW))
            .when(same)
            .then(pl.lit(UNCHANGED))
            .otherwise(pl.lit(AMENDMENT))
        )
        twice = again(known, "code")
        fewer = pl.col("capacity") < pl.col("old__capacity")
        return Crossed(
            known,
            pl.concat(
                [
                    self.run(twice, [by_reason("T03", "code", pl.lit("file"), first_row=pl.col("first_row"))]),
                    self.run(known, [Test("T04", "capacity", fewer)]),
                ]
            ),
        )

    def take(self, rows: pl.DataFrame) -> None:
        for row in rows.iter_rows(named=True):
            values = {name: row[name] for name in ("programme_id", "starts_on", "ends_on", "capacity")}
            if row["standing"] is None:
                Cohort.objects.create(code=row["code"], organisation=self.given.organisation, **values)
            else:
                Cohort.objects.filter(pk=row["standing"]).update(**values)


def _choices(actor: User, organisation: Organisation | None) -> dict[str, list[tuple[str, str]]]:
    return {"programme": [(one.code, f"{one.code} {one.name_zh}") for one in Programme.objects.order_by("code")]}


COHORTS = Template(
    code="cohorts/1",
    zh="班次计划",
    en="Planned cohorts",
    columns=COLUMNS,
    rules=RULES,
    document=("id_type", "id_number"),
    work=lambda: CohortWork,
    choices=_choices,
)
