"""Templates: what rows may come in, what each means, and the one path that all simple ones share.

A room brings a template by making it known where its handlers are imported (``programs/ROOM/handlers.py``)::

    from programs.intake.templates.template import register
    from programs.ROOM.positions_template import POSITIONS

    register(POSITIONS)

The template itself loads no polars; what its rows mean stands in a module of its own, which ``work`` imports when rows
are there. From then on files (CSV, XLSX, XLS), JSON batches, mending, the error workbook, the blank template, the pages
and the catalogue of checks work for it. A form or an API call for one row goes by ``one_row.check_row``, which raises
``Invalid`` with the same findings under the same columns, and whose answer can be taken::

    row = check_row("positions/1", values, actor=actor, organisation=actor.organisation, locking=True)
    row.take()

What ``positions/1`` may look like::

    COLUMNS = (
        Column("code", "岗位编号", "Position code", "yes", "text"),
        Column("title", "岗位名称", "Title", "yes", "text", prose=True),
        Column("occupation", "职业", "Occupation code", "no", "code", open=True),
        Column("level", "层次", "Level", "yes", "code", choices=LEVELS),
        Column("wanted", "需求人数", "Number wanted", "yes", "number", least=1, most=10_000),
        Column("segment", "业态", "Segment", "no", "code"),
        Column("district", "工作区县", "District", "no", "code"),
        Column("open_until", "招聘截止日期", "Open until", "yes", "date", month="last"),
        Column("employer_uscc", "统一社会信用代码", "Unified social credit code", "no", "uscc"),
        Column("remarks", "备注", "Remarks", "no", "text", prose=True),
    )

    RULES = (
        rule("P01", ERROR, CELLS, ("open_until",), PAST),
        rule("P02", ERROR, ROWS, ("code",), TWICE),
        rule("P03", WARNING, ROWS, ("wanted",), FEWER_THAN_ARRIVED, adjustable=True),
    )

    POSITIONS = Template(
        code="positions/1",
        zh="岗位需求",
        en="Positions",
        kinds=frozenset({Organisation.Kind.EMPLOYER}),
        columns=COLUMNS,
        rules=RULES,
        work=_work,
    )

    def _work() -> type[Work]:
        from programs.ROOM.positions_work import PositionsWork

        return PositionsWork

and what its rows mean, in ``positions_work``::

    class PositionsWork(Work):
        def tests(self) -> Sequence[Test]:
            return [Test("P01", "open_until", pl.col("open_until__day") < pl.lit(self.given.today))]

        def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
            known = rows.join(self._standing(rows["code"], locking), on="code", how="left", maintain_order="left")
            known = known.with_columns(fate=...)           # new, amendment, unchanged
            twice = again(known, "code")                   # with first_row
            test = Test("P02", "code", pl.lit(True), {"first_row": pl.col("first_row")})
            return Crossed(known, self.run(twice, [test]))

        def take(self, rows: pl.DataFrame) -> None:
            ...                                            # set-based; fate is new or amendment

The words of a rule are a ``programs.intake.rules_text.Text``; ``{column}`` and the params of its findings may stand in
them. After a change of rules ``manage.py rules_page`` writes the catalogue's pages anew.
"""
