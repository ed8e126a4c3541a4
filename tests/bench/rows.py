"""Rows as partners send them, by the hundred thousand: made-up people, credentials, several kinds of documents, and
the mistakes that real files hold, about one row in a hundred refused and one in fifty warned of.

Deterministic and made by column: the same ``first`` and ``count`` give the same rows, and other people have other ones.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from programs.intake.columns import COLUMNS
from tests.support.partner import Partner

SURNAMES = (*"冉简岑敖晏喻柏滕瞿骆鲍蓝蒙葛祝游卓庞申庄温施严聂樊凌霍倪柯宣戚井牟桑商左", "欧阳", "上官")
GIVEN = tuple("若溪澄铭瑾沐珂霖煜岚昕彦哲睿蕾萌朗曦筠甫棠宁衡屹骁颖璐苒桐晟弘润旭韬忻朔竹琰恺蔚")
FAR_NAMES = ("阿依古丽·买买提", "努尔兰·哈森", "古丽娜尔·艾山")
AREAS = ("520191", "520193", "520195", "520197", "520393", "520396", "522692", "430191", "510195", "500194")
SCHOOLS = (("贵州大学", "10657"), ("贵州财经大学", "10671"), ("贵州师范大学", "10663"), ("重庆大学", "10611"))
# label, the two digits in a certificate number, the share of people
LEVELS = (
    ("博士研究生毕业", "01", 0.02),
    ("硕士研究生毕业", "02", 0.12),
    ("大学本科毕业", "05", 0.60),
    ("大学专科毕业", "06", 0.26),
)
CERTIFICATE_TYPES = ("1", "5", "7")
TITLES = ("高级工程师", "工程师", "助理工程师", "正高级工程师")
DISTRICTS = ("南明区", "云岩区", "花溪区", "乌当区", "白云区", "观山湖区", "修文县", "清镇市", "")
SEGMENTS = ("核心业态", "关联", "衍生业态", "")
OCCUPATIONS = ("2-02-02-01", "2-02-02-02", "")
REMARKS = ("", "", "", "", "", "", "", "调剂", "转专业，已核实学籍", "企业订单班")
DATE_STYLES = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日")

FIRST_BIRTH, BIRTH_DAYS = np.datetime64("1965-01-01"), 12_000
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)

# One row in so many; what it writes into which column, and the rule that it must raise there.
MISTAKES: tuple[tuple[int, str, str, str], ...] = (
    (1000, "id_number", "520191198001010001", "E04"),
    (1000, "id_number", "5.20191E+17", "E05"),
    (1000, "district", "高新区", "E02"),
    (1000, "cohort", "", "E01"),
    (1000, "completed_on", "2019-02-30", "E03"),
    (1000, "programme", "NO-SUCH", "E08"),
    (1000, "completed_on", "2018-12-31", "E09"),
    (1000, "education", "在职研究生", "E02"),
    (1000, "started_on", "春节后", "E03"),
    (1000, "name", "", "E01"),
    (100, "completed_on", "2019年3月", "W05"),
    (100, "graduated_on", "2010.7", "W05"),
)


@dataclass(frozen=True)
class Batch:
    """``count`` rows about the people from ``first`` on, under one programme and cohort."""

    frame: pl.DataFrame
    rejected: int
    warned: int


class Crowd:
    """People whom nobody has reported yet."""

    def __init__(self) -> None:
        self._next = 0

    def reserve(self, count: int) -> int:
        """The first of so many people who are given to nobody else."""
        self._next += count
        return self._next - count

    def rows(self, partner: Partner, count: int, first: int | None = None) -> Batch:
        """Rows of a partner's about the next so many people, or about those from ``first`` on."""
        place = self.reserve(count) if first is None else first
        return make(place, count, partner.programme.code, partner.cohort.code)


def make(first: int, count: int, programme: str, cohort: str) -> Batch:
    """The rows of people ``first`` to ``first + count``, all of them new."""
    chance = np.random.default_rng(first)
    n = np.arange(first, first + count, dtype=np.int64)
    born = FIRST_BIRTH + (n % BIRTH_DAYS).astype("timedelta64[D]")
    numbers = _numbers(n, born)
    abroad = n % 40 == 7
    passes = n % 100 == 13
    level = chance.choice(len(LEVELS), count, p=[share for *_, share in LEVELS])
    school = chance.integers(0, len(SCHOOLS), count)
    titled = chance.random(count) < 0.2
    graduated = born.astype("datetime64[Y]").astype(int) + 1970 + 22 + np.array([7, 4, 0, -1])[level]
    graduated = np.maximum(graduated, 2003)
    done = chance.random(count) < 0.9
    started = np.datetime64("2019-01-03") + chance.integers(0, 40, count).astype("timedelta64[D]")
    completed = started + chance.integers(7, 40, count).astype("timedelta64[D]")
    serial = _padded(n, 6)
    columns = {
        "partner_ref": _text(pl.lit("V"), _padded(n, 8)),
        "name": _names(n, chance),
        "id_type": pl.Series(np.where(abroad, "普通护照", np.where(passes, "港澳居民来往内地通行证", "居民身份证"))),
        "id_number": pl.select(
            pl.when(pl.lit(pl.Series(abroad)))
            .then(pl.concat_str(pl.lit("E"), pl.lit(_padded(n, 8))))
            .when(pl.lit(pl.Series(passes)))
            .then(pl.concat_str(pl.lit("H"), pl.lit(_padded(n, 8))))
            .otherwise(pl.lit(numbers))
        ).to_series(),
        "gender": pl.select(
            pl.when(pl.lit(pl.Series(n % 9 == 0)))
            .then(pl.lit(""))
            .when(pl.lit(pl.Series(_serial(n) % 2 == 1)))
            .then(pl.lit("男"))
            .otherwise(pl.lit("女"))
        ).to_series(),
        "birth_date": _days(born, n, abroad | passes | (n % 3 == 0)),
        "mobile": _text(pl.lit("199"), _padded(n, 8)),
        "email": _given(_text(pl.lit("u"), _padded(n, 8), pl.lit("@example.com")), n % 3 == 1),
        "path": _same("培养", count),
        "programme": _same(programme, count),
        "cohort": _same(cohort, count),
        "started_on": _days(started, n + 1, np.ones(count, dtype=bool)),
        "completed_on": _days(completed, n + 2, done),
        "outcome": pl.Series(np.where(done, "完成", "在读")),
        "education": _of([label for label, *_ in LEVELS], level),
        "degree": _same("", count),
        "school": _of([name for name, _ in SCHOOLS], school),
        "graduated_on": _text(pl.Series(graduated.astype(str)), pl.lit("-07-01")),
        "education_cert_no": _text(
            _of([code for _, code in SCHOOLS], school),
            _of(CERTIFICATE_TYPES, n // 10**6 % len(CERTIFICATE_TYPES)),  # so that no serial number is had twice
            pl.Series(graduated.astype(str)),
            _of([digits for _, digits, _ in LEVELS], level),
            serial,
        ),
        "title": _given(_of(TITLES, chance.integers(0, len(TITLES), count)), titled),
        "title_awarded_on": _given(_same("2018-11-20", count), titled),
        "title_cert_no": _given(_text(pl.lit("GZZC2018"), _padded(n, 8)), titled),
        "employer": _same("", count),
        "employer_uscc": _same("", count),
        "district": _of(DISTRICTS, chance.integers(0, len(DISTRICTS), count)),
        "occupation": _of(OCCUPATIONS, chance.integers(0, len(OCCUPATIONS), count)),
        "segment": _of(SEGMENTS, chance.integers(0, len(SEGMENTS), count)),
        "remarks": _of(REMARKS, chance.integers(0, len(REMARKS), count)),
    }
    return _spoilt(pl.DataFrame(columns), n, done)


def as_csv(frame: pl.DataFrame, encoding: str = "gb18030") -> bytes:
    """The rows as a partner's text file, under the template's Chinese headers."""
    head = io.StringIO()
    csv.writer(head).writerow(column.zh for column in COLUMNS)
    body = _blank(frame).write_csv(include_header=False, line_terminator="\r\n")
    return (head.getvalue() + body).encode(encoding)


def as_workbook(frame: pl.DataFrame) -> bytes:
    """The rows as a workbook in which every cell is text."""
    packed = io.BytesIO()
    _blank(frame).rename({column.code: column.zh for column in COLUMNS}).write_excel(
        packed, worksheet="人员", autofilter=False
    )
    return packed.getvalue()


def as_records(frame: pl.DataFrame) -> list[dict[str, str]]:
    """The rows as a batch of records, empty cells left out."""
    return [{code: cell for code, cell in row.items() if cell} for row in frame.iter_rows(named=True)]


def _blank(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with nothing where a cell is empty."""
    return frame.select(pl.when(pl.all() != "").then(pl.all()))


def _spoilt(frame: pl.DataFrame, n: np.ndarray, done: np.ndarray) -> Batch:
    """The rows with their mistakes, one at most in each."""
    place, errors, warnings = n * 7919 % 100_003, 0, 0
    taken = np.zeros(len(n), dtype=bool)
    for number, (one_in, column, value, rule) in enumerate(MISTAKES):
        at = (place % one_in == number) & ~taken
        if column == "completed_on":
            at &= done
        taken |= at
        frame = frame.with_columns(pl.when(pl.lit(pl.Series(at))).then(pl.lit(value)).otherwise(column).alias(column))
        errors, warnings = errors + int(at.sum()) * (rule[0] == "E"), warnings + int(at.sum()) * (rule[0] == "W")
    return Batch(frame, errors, warnings)


def _serial(n: np.ndarray) -> np.ndarray:
    return n // BIRTH_DAYS % 1000


def _numbers(n: np.ndarray, born: np.ndarray) -> pl.Series:
    stem = _text(
        _of(AREAS, n // BIRTH_DAYS // 1000 % len(AREAS)),
        pl.Series(born).dt.strftime("%Y%m%d"),
        _padded(_serial(n), 3),
    )
    digits = np.frombuffer(stem.str.join("").item().encode(), dtype=np.uint8).reshape(-1, 17).astype(np.int32) - 48
    check = _CHECKS[digits @ _WEIGHTS % 11]
    return _text(stem, pl.Series([chr(one) for one in check]))


def _names(n: np.ndarray, chance: np.random.Generator) -> pl.Series:
    count = len(n)
    second = _given(_of(GIVEN, chance.integers(0, len(GIVEN), count)), chance.random(count) < 0.75)
    usual = _text(
        _of(SURNAMES, chance.integers(0, len(SURNAMES), count)),
        _of(GIVEN, chance.integers(0, len(GIVEN), count)),
        second,
    )
    far = _of(FAR_NAMES, n % len(FAR_NAMES))
    return pl.select(pl.when(pl.lit(pl.Series(n % 200 == 3))).then(pl.lit(far)).otherwise(pl.lit(usual))).to_series()


def _days(days: np.ndarray, n: np.ndarray, given: np.ndarray) -> pl.Series:
    """Days as clerks write them, several styles side by side."""
    day, style = pl.Series(days).cast(pl.Date), n % len(DATE_STYLES)
    written = pl.DataFrame({"day": day, "style": style, "given": given}).select(
        pl.when(~pl.col("given"))
        .then(pl.lit(""))
        .otherwise(
            pl.coalesce(
                pl.when(pl.col("style") == place).then(pl.col("day").dt.strftime(form))
                for place, form in enumerate(DATE_STYLES)
            )
        )
    )
    return written.to_series()


def _of(values: Sequence[str], places: np.ndarray) -> pl.Series:
    return pl.Series(values, dtype=pl.String).gather(places)


def _same(value: str, count: int) -> pl.Series:
    return pl.Series([value]).new_from_index(0, count)


def _given(texts: pl.Series, where: np.ndarray) -> pl.Series:
    return texts.set(~pl.Series(where), "")


def _padded(n: np.ndarray, digits: int) -> pl.Series:
    return pl.Series(n % 10**digits).cast(pl.String).str.zfill(digits)


def _text(*parts: pl.Series | pl.Expr) -> pl.Series:
    return pl.select(pl.concat_str(part if isinstance(part, pl.Expr) else pl.lit(part) for part in parts)).to_series()
