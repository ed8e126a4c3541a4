"""Any number of made-up rows, for measuring: good ones but for the share that is asked to be bad."""

import numpy as np
import polars as pl

from tests.programs.intake.checks.world import Sheet

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array(list("10X98765432"))


def resident_numbers(count: int, rng: np.random.Generator) -> pl.Series:
    """Different resident numbers with sound check characters."""
    days = np.datetime64("1965-01-01") + (np.arange(count) // 1000 % 12_000).astype("timedelta64[D]")
    areas = np.array(["520102", "520103", "520111", "110108", "440106"])[rng.integers(0, 5, count)]
    stems = np.array(
        [
            f"{area}{str(day).replace('-', '')}{serial % 1000:03d}"
            for serial, (area, day) in enumerate(zip(areas, days, strict=True))
        ]
    )
    digits = np.frombuffer("".join(stems).encode(), dtype=np.uint8).reshape(-1, 17).astype(np.int64) - 48
    return pl.Series(np.char.add(stems, _CHECKS[digits @ _WEIGHTS % 11]))


def made_up_sheet(count: int, *, seed: int = 1, bad: float = 0.0) -> Sheet:
    """A text file's sheet with mixed dates and a share of rows with a wrong check digit."""
    rng = np.random.default_rng(seed)
    numbers = resident_numbers(count, rng)
    if bad:
        wrong = pl.Series(rng.random(count) < bad)
        numbers = pl.select(pl.when(wrong).then(numbers.str.head(17) + "?").otherwise(numbers)).to_series()

    def one_of(*choices: str | None) -> pl.Series:
        return pl.Series(choices, dtype=pl.String).gather(rng.integers(0, len(choices), count))

    def days(start: str, length: int) -> pl.Series:
        day = pl.Series(np.datetime64(start) + rng.integers(0, length, count).astype("timedelta64[D]")).cast(pl.Date)
        forms = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日")
        written = pl.DataFrame([day.dt.to_string(form).alias(str(place)) for place, form in enumerate(forms)])
        form = pl.Series("form", rng.integers(0, len(forms), count))
        chosen = pl.coalesce(pl.when(pl.col("form") == place).then(pl.col(str(place))) for place in range(len(forms)))
        return written.with_columns(form).select(chosen).to_series()

    serial = pl.Series(np.arange(count)).cast(pl.String).str.zfill(6)
    education = one_of("大学本科毕业", "硕士研究生毕业", "21", "14", "31", "大学专科毕业")
    level = education.replace_strict(
        {"大学本科毕业": "05", "硕士研究生毕业": "02", "21": "05", "14": "02", "31": "06", "大学专科毕业": "06"}
    )
    characters = rng.integers(0x4E00, 0x9000, (count, 3))
    names = pl.Series(["".join(map(chr, line)) for line in characters])
    odd = pl.Series(rng.random(count) < 0.02)
    return Sheet(
        pl.DataFrame(
            {
                "row": pl.Series(np.arange(2, count + 2), dtype=pl.UInt32),
                "partner_ref": "V" + serial,
                "name": pl.select(pl.when(odd).then(names + pl.lit("·买买提")).otherwise(names)).to_series(),
                "id_type": one_of("居民身份证", "居民身份证", "111"),
                "id_number": numbers,
                "gender": one_of(None),
                "birth_date": one_of(None),
                "mobile": "13" + pl.Series(rng.integers(10**8, 10**9, count)).cast(pl.String),
                "email": one_of(None, "a@example.com"),
                "path": one_of("培养"),
                "programme": one_of("T-BD-TRAIN"),
                "cohort": one_of("T-A-2019Q1"),
                "started_on": days("2019-01-02", 20),
                "completed_on": days("2019-02-01", 40),
                "outcome": one_of("完成"),
                "education": education,
                "degree": one_of(None, "工学硕士"),
                "school": one_of("贵州大学"),
                "graduated_on": days("2003-06-01", 5000),
                "education_cert_no": "1065712019" + level + serial,
                "title": one_of(None),
                "title_awarded_on": one_of(None),
                "title_cert_no": one_of(None),
                "employer": one_of("云上贵州大数据产业发展有限公司", "贵州（集团）公司"),
                "employer_uscc": one_of("91520111MAP839UXM7"),
                "district": one_of("南明区", "520111", "白云区"),
                "occupation": one_of("2-02-38-03"),
                "segment": one_of("核心业态", "related", None),
                "remarks": one_of(None, "备注"),
            }
        )
    )
