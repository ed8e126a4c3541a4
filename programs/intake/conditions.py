"""The rules on the cells of one row (E01 to E06, E08 to E11, W01 to W03, W05), each as tests over whole columns.

The tests look at the working frame that ``programs.intake.cells`` makes: for a column ``c`` of the template the tidy
text ``c``; ``c__code`` what it stands for; ``c__day`` and ``c__month`` the day it names and whether only a month was
given; ``c__damaged`` whether a spreadsheet damaged it. A value that is missing, damaged, unknown or no date raises the
rule that says so and nothing that depends on it: what depends on it is null, and null raises nothing.
"""

import polars as pl

from programs.intake import numbers
from programs.intake.context import Context
from programs.intake.found import Test, by_reason

ALWAYS = ("name", "id_type", "id_number", "path", "programme", "started_on", "outcome")
CODED = ("id_type", "gender", "path", "outcome", "education", "title", "district", "segment")
DATES = ("birth_date", "started_on", "completed_on", "graduated_on", "title_awarded_on")
NUMBERS = ("id_number", "education_cert_no", "title_cert_no", "employer_uscc")
POSTGRADUATE = tuple(str(code) for code in range(11, 20))
STATED_GENDERS = ("1", "2")


def cell_tests(context: Context) -> list[Test]:
    """Every test on the cells of one row."""
    return [
        *missing_values(),
        *unknown_codes(context),
        *no_dates(),
        *damaged_numbers(),
        *identity_numbers(),
        *disagreements_with_the_number(),
        *programmes_and_cohorts(),
        *order_of_days(context),
        *credit_codes(),
        *certificates(),
        *certificates_at_odds(),
        *certificates_wanting(context),
        *late_completions(context),
        *changed_values(),
    ]


def missing_values() -> list[Test]:
    """E01: a needed value is missing; ``reason`` says what makes it needed."""
    trained, introduced = _code("path") == "trained", _code("path") == "introduced"
    kind = _code("id_type")
    sound = pl.col("id_number").is_not_null() & ~pl.col("id_number__damaged") & pl.col("number__problem").is_null()
    carries_none = ~kind.is_in([*numbers.CARRYING, numbers.PERMANENT_RESIDENCE]) | (
        (kind == numbers.PERMANENT_RESIDENCE) & sound & ~pl.col("number__carries")
    )
    needs = [(column, "always", pl.lit(True)) for column in ALWAYS] + [
        ("birth_date", "number", carries_none),
        ("cohort", "trained", trained),
        ("completed_on", "completed", _code("outcome") == "completed"),
        ("graduated_on", "postgraduate", _code("education").is_in(POSTGRADUATE)),
        ("title_awarded_on", "title", _code("title").is_not_null()),
        ("employer", "introduced", introduced),
        ("employer_uscc", "introduced", introduced),
    ]
    return [
        Test("E01", column, needed & pl.col(column).is_null(), {"reason": reason}) for column, reason, needed in needs
    ]


def unknown_codes(context: Context) -> list[Test]:
    """E02: not in the code table; ``reason`` is ``heading`` for a group code, ``unknown`` otherwise."""
    return [
        by_reason(
            "E02",
            column,
            pl.when(_given(column) & _code(column).is_null()).then(
                pl.when(f"{column}__heading").then(pl.lit("heading")).otherwise(pl.lit("unknown"))
            ),
        )
        for column in CODED
    ]


def no_dates() -> list[Test]:
    """E03: not a date, or no such day; a month does for no birth date (``reason`` month)."""
    return [
        by_reason(
            "E03",
            column,
            pl.when(_given(column) & _day(column).is_null()).then(
                pl.when(f"{column}__month").then(pl.lit("month")).otherwise(pl.lit("day"))
            ),
        )
        for column in DATES
    ]


def damaged_numbers() -> list[Test]:
    """E05: a spreadsheet damaged the number, which cannot be restored."""
    return [Test("E05", column, pl.col(f"{column}__damaged")) for column in NUMBERS]


def identity_numbers() -> list[Test]:
    """E04: the number fails the pattern or the check of its document; ``reason`` says which (``read_identity``)."""
    return [by_reason("E04", "id_number", pl.col("number__problem"))]


def disagreements_with_the_number() -> list[Test]:
    """E06: birth date or gender disagrees with a sound number that carries it. Gender 0 and 9 state nothing."""
    stated = pl.when(_code("gender").is_in(STATED_GENDERS)).then(_code("gender"))
    return [
        Test("E06", "birth_date", _day("birth_date") != pl.col("number__born_on")),
        Test("E06", "gender", stated != pl.col("number__sex")),
    ]


def programmes_and_cohorts() -> list[Test]:
    """E08: a programme or cohort that this row cannot be reported under."""
    path, programme = _code("path"), pl.col("programme__id")
    return [
        by_reason(
            "E08",
            "programme",
            pl.when(_given("programme") & programme.is_null())
            .then(pl.lit("unknown"))
            .when(pl.col("programme__path") != path)
            .then(pl.lit("path")),
        ),
        by_reason(
            "E08",
            "cohort",
            pl.when(~_given("cohort"))
            .then(None)
            .when(path == "introduced")
            .then(pl.lit("introduction"))
            .when(pl.col("cohort__id").is_null())
            .then(pl.lit("unknown"))
            .when((pl.col("cohort__programme") != programme) & (pl.col("programme__path") == path).fill_null(True))
            .then(pl.lit("programme")),
        ),
    ]


def order_of_days(context: Context) -> list[Test]:
    """E09: start and completion in the wrong order, outside the cohort or programme, after today, or before birth."""
    first, last = pl.col("window__starts_on"), pl.col("window__ends_on")
    born, started, today = pl.col("born_on"), _day("started_on"), pl.lit(context.today)
    tests = []
    for column in ("started_on", "completed_on"):
        day = _day(column)
        reason = (
            pl.when(day < started if column == "completed_on" else pl.lit(False))
            .then(pl.lit("order"))
            .when(day > today)
            .then(pl.lit("future"))
            .when(day <= born)
            .then(pl.lit("birth"))
            .when((day < first) | (day > last).fill_null(False))
            .then(pl.col("window__of"))
        )
        tests.append(by_reason("E09", column, reason, first=_text(first), last=_text(last)))
    return tests


def credit_codes() -> list[Test]:
    """E10: the unified social credit code fails its alphabet, length or check character."""
    return [Test("E10", "employer_uscc", _given("employer_uscc") & _sound("employer_uscc") & ~pl.col("uscc__holds"))]


def certificates() -> list[Test]:
    """E11: the education certificate number fails its structure."""
    return [Test("E11", "education_cert_no", _sound("education_cert_no") & ~_fits())]


def certificates_at_odds() -> list[Test]:
    """W01: the certificate number disagrees with the level of education, or with a school that the table knows.

    Self-study certificates (type 6) order their digits differently and say neither.
    """
    number, education = pl.col("education_cert_no"), _code("education")
    agrees = pl.lit(False)
    for level, codes in numbers.LEVELS_OF_CERTIFICATES.items():
        agrees |= (number.str.slice(10, 2) == level) & education.is_in(codes)
    readable = _sound("education_cert_no") & _fits() & (number.str.slice(5, 1) != "6")
    return [
        by_reason(
            "W01",
            "education_cert_no",
            pl.when(~readable)
            .then(None)
            .when(education.is_not_null() & ~agrees)
            .then(pl.lit("level"))
            .when(number.str.head(5) != _code("school"))
            .then(pl.lit("school")),
        )
    ]


def certificates_wanting(context: Context) -> list[Test]:
    """W02: the row would make its person high-end, but none of the credentials that do has a certificate number."""
    completed = counts_towards_all(context)
    education = completed & qualifying(context, "education") & _held_in_time(context, "graduated_on")
    title = completed & qualifying(context, "title") & _held_in_time(context, "title_awarded_on")
    numbered = (education & _has_number("education_cert_no")) | (title & _has_number("title_cert_no"))
    return [
        Test("W02", "education_cert_no", education & ~numbered),
        Test("W02", "title_cert_no", title & ~education & ~numbered),
    ]


def late_completions(context: Context) -> list[Test]:
    """W03: completed three or more periods before the period reported."""
    limit = context.late_before()
    late = (_code("outcome") == "completed") & (_day("completed_on") < pl.lit(limit))
    return [Test("W03", "completed_on", late, {"limit": limit.isoformat()})]


def changed_values() -> list[Test]:
    """W05: a value was changed in a way worth a look."""
    months = [
        Test("W05", column, pl.col(f"{column}__month"), {"reason": "month", "day": _text(_day(column))})
        for column in DATES
        if column != "birth_date"
    ]
    kept = pl.col("name").str.replace_all("[0-9]{4,}", "…")  # a number that strayed into the column is nobody's name
    return [by_reason("W05", "name", pl.col("name__told"), name=kept), *months]


def counts_towards_all(context: Context) -> pl.Expr:
    """Whether the row is completed, within the plan where the context knows its days."""
    day = _day("completed_on")
    return (
        (_code("outcome") == "completed")
        & (day.is_not_null() if context.plan_starts_on is None else day >= pl.lit(context.plan_starts_on))
        & (pl.lit(True) if context.plan_ends_on is None else day <= pl.lit(context.plan_ends_on))
    ).fill_null(False)


def qualifying(context: Context, kind: str) -> pl.Expr:
    """Whether the row holds a qualifying credential of this kind (``education`` or ``title``) from a day it names."""
    codes, held = {
        "education": (context.qualifying_education, _day("graduated_on")),
        "title": (context.qualifying_titles, _day("title_awarded_on")),
    }[kind]
    return (_code(kind).is_in(sorted(codes)) & held.is_not_null()).fill_null(False)


def _held_in_time(context: Context, column: str) -> pl.Expr:
    return pl.lit(True) if context.plan_ends_on is None else _day(column) <= pl.lit(context.plan_ends_on)


def _given(column: str) -> pl.Expr:
    return pl.col(column).is_not_null()


def _code(column: str) -> pl.Expr:
    return pl.col(f"{column}__code")


def _day(column: str) -> pl.Expr:
    return pl.col(f"{column}__day")


def _sound(column: str) -> pl.Expr:
    return _given(column) & ~pl.col(f"{column}__damaged")


def _fits() -> pl.Expr:
    return pl.col("certificate__fits")


def _has_number(column: str) -> pl.Expr:
    return pl.col(column).str.contains("[0-9]").fill_null(False)


def _text(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.String)
