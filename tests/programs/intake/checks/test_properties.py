"""What must hold for every number and every value, with other implementations as oracles for the arithmetic."""

import datetime as dt
import string

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from backend.reference.folding import fold
from backend.vault.masking import mask_number, scrub
from programs.intake import numbers
from programs.intake.dates import parse_days
from programs.intake.found import masked
from programs.intake.tidying import fold_column, name_key, tidy, tidy_names
from tests.programs.intake.checks.rows import TRAINED, check_rows
from tests.programs.intake.checks.world import context

TODAY = context().today
MANY = settings(max_examples=60, deadline=None)

birth_days = st.dates(dt.date(1900, 1, 1), TODAY)
serials = st.integers(0, 999)


@st.composite
def resident_numbers(draw: st.DrawFn, areas: st.SearchStrategy[str] | None = None) -> str:
    """Sound numbers of eighteen characters."""
    area = draw(st.integers(110_000, 659_999).map(str) if areas is None else areas)
    stem = f"{area}{draw(birth_days):%Y%m%d}{draw(serials):03d}"
    return stem + str(mod_11_2.calc_check_digit(stem))


spaces = st.text(" \t\u3000\u00a0\u200b\ufeff\u202c", max_size=3)


@st.composite
def disfigured(draw: st.DrawFn, number: str) -> str:
    """A number as it may arrive, changed in form alone."""
    wide = draw(st.lists(st.booleans(), min_size=len(number), max_size=len(number)))
    text = "".join(chr(ord(c) + 0xFEE0) if full else c for c, full in zip(number, wide, strict=True))
    if draw(st.booleans()):
        text = text.lower()
    return draw(spaces) + draw(st.sampled_from(["", "'", "＇"])) + text + draw(spaces)


@st.composite
def numbers_and_forms(draw: st.DrawFn) -> list[tuple[str, str]]:
    found = draw(st.lists(resident_numbers(), min_size=1, max_size=20))
    return [(number, draw(disfigured(number))) for number in found]


@MANY
@given(numbers_and_forms())
def test_form_never_costs_a_number_anything(pairs: list[tuple[str, str]]) -> None:
    rows = [{**TRAINED, "id_number": text, "started_on": None, "completed_on": None} for _, text in pairs]
    found, lines = check_rows(rows)
    for (number, _), raised, line in zip(pairs, found, lines, strict=True):
        assert not any(column == "id_number" for _, column in raised)
        assert line["id_number"] == number
        assert line["document_key"] == f"111|{number}"
        assert line["born_on"] == dt.datetime.strptime(number[6:14], "%Y%m%d").date()
        assert line["sex"] == ("1" if int(number[16]) % 2 else "2")


@MANY
@given(resident_numbers(), st.integers(0, 17), st.sampled_from(string.digits + "X"))
def test_one_changed_character_is_always_caught(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    problems = numbers.read_identity(pl.Series(["111"]), pl.Series([changed]), TODAY)["problem"]
    assert (problems[0] is None) == (changed == number)


@MANY
@given(st.lists(st.text(string.digits + "X", min_size=17, max_size=18), min_size=1, max_size=50))
def test_the_resident_check_agrees_with_another_implementation(texts: list[str]) -> None:
    def holds(text: str) -> bool:
        shaped = len(text) == 18 and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X")
        return shaped and bool(mod_11_2.is_valid(text))

    assert numbers.resident_check_holds(pl.Series(texts)).to_list() == [holds(text) for text in texts]


@MANY
@given(
    st.lists(
        st.tuples(
            st.text(string.digits, min_size=8, max_size=8),
            st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
            st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_the_credit_code_check_agrees_with_another_implementation(parts: list[tuple[str, str, str]]) -> None:
    codes = [digits + letters + check for digits, letters, check in parts]
    codes += [code[:17] + uscc.calc_check_digit(code[:17]) for code in codes]
    assert numbers.uscc_check_holds(pl.Series(codes)).to_list() == [bool(uscc.is_valid(code)) for code in codes]


@pytest.mark.parametrize(
    ("kind", "areas"),
    [("L-RP-HM", ["810000", "820000"]), ("L-RP-TW", ["830000"]), ("553", ["930110", "911156"])],
)
def test_other_cards_of_eighteen_digits(kind: str, areas: list[str]) -> None:
    @MANY
    @given(st.lists(resident_numbers(st.sampled_from(areas)), min_size=1, max_size=10))
    def hold(found: list[str]) -> None:
        read = numbers.read_identity(pl.Series([kind] * len(found)), pl.Series(found), TODAY)
        assert read["problem"].null_count() == len(found)
        assert read["carries"].all()

    hold()


written = st.sampled_from(["{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0.year}.{0.month}.{0.day}", "{0:%Y%m%d}"])
chinese = st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0.year} 年 {0.month} 月 {0.day} 日"])
timed = st.sampled_from(["", " 00:00:00", " 9:30", "T08:00:00"])


@MANY
@given(st.lists(st.tuples(st.dates(dt.date(1910, 1, 1), dt.date(2100, 12, 31)), written | chinese, timed), max_size=30))
def test_every_writing_of_a_day_is_that_day(cases: list[tuple[dt.date, str, str]]) -> None:
    texts = [form.format(day) + time for day, form, time in cases]
    read = parse_days(pl.Series(texts, dtype=pl.String), last=True, date1904=False)
    assert read["day"].to_list() == [day for day, _, _ in cases]
    assert not read["month"].any()


@MANY
@given(st.lists(st.dates(dt.date(1927, 5, 18), dt.date(2100, 12, 31)), max_size=30))
def test_serial_numbers_of_both_systems(days: list[dt.date]) -> None:
    for epoch, date1904 in ((dt.date(1899, 12, 30), False), (dt.date(1904, 1, 1), True)):
        texts = [str((day - epoch).days) for day in days]
        wanted = [day if len(text) == 5 else None for day, text in zip(days, texts, strict=True)]
        read = parse_days(pl.Series(texts, dtype=pl.String), last=True, date1904=date1904)["day"].to_list()
        assert [day if want else None for day, want in zip(read, wanted, strict=True)] == wanted


@MANY
@given(st.lists(st.text(max_size=40), max_size=20))
def test_whatever_is_typed_the_checks_come_to_an_end(texts: list[str]) -> None:
    columns = [*TRAINED, "education_cert_no", "graduated_on", "title", "employer_uscc", "birth_date", "remarks"]
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    found, lines = check_rows([dict.fromkeys(columns, text) for text in texts] or [TRAINED])
    assert len(found) == len(lines)


@MANY
@given(st.lists(st.none() | st.text(max_size=40), max_size=20))
def test_masking_a_column_is_masking_each_value(values: list[str | None]) -> None:
    texts = [None if text is None else text.encode("utf-8", "ignore").decode().strip() for text in values]
    column = pl.Series(texts, dtype=pl.String)
    assert masked(column, "id_number").to_list() == [None if text is None else mask_number(text) for text in texts]
    assert masked(column, "name").to_list() == [None if text is None else scrub(text) for text in texts]


@MANY
@given(
    st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("Ａａ　＊* ßΣς大（·ﾊﾞ\u2f00\u200b"), max_size=12))
)
def test_folding_a_column_is_folding_each_label(texts: list[str]) -> None:
    assert fold_column(pl.Series(texts, dtype=pl.String)).to_list() == [fold(text) for text in texts]


@MANY
@given(resident_numbers(), st.text("人 ：a-", max_size=5), st.sampled_from(["", " ", "-"]))
def test_no_number_survives_scrubbing_or_masking(number: str, around: str, between: str) -> None:
    parted = between.join((number[:6], number[6:14], number[14:]))
    texts = [around + parted + around, number.lower(), around + "E12345678"]
    assert masked(pl.Series(texts), "remarks").to_list() == [scrub(text) for text in texts]
    for shown in (scrub(texts[0]), scrub(texts[1]), mask_number(number)):
        assert number[6:17] not in shown.replace("-", "").replace(" ", "")
        assert number[8:17] not in shown.replace("-", "").replace(" ", "")


@MANY
@given(st.lists(st.text("张伟·\u30fb\u2022 \u3000aAＡ.\u2ec4\u2f00\ue863", max_size=8), min_size=1, max_size=20))
def test_names_are_tidy_after_one_pass(texts: list[str]) -> None:
    names, keys, _ = tidy_names(tidy("name", pl.Series("name", texts, dtype=pl.String)))
    again, same_keys, told = tidy_names(tidy("name", names))
    assert again.to_list() == names.to_list()
    assert same_keys.to_list() == keys.to_list()
    assert told.null_count() == len(texts)
    assert [name_key(text) or None for text in texts] == keys.to_list()
