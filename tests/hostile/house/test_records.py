"""Batches of records as no sensible program would send them."""

import json
from typing import Any

import httpx
import pytest

from programs.intake.columns import LAYOUT
from tests.hostile.house.clerk import Clerk
from tests.hostile.house.fates import fate

DEEP = 200_000


def told(clerk: Clerk, body: bytes) -> str:
    """What comes of a body: the problem it is answered with, or the fate of its submission."""
    answer = clerk.call("POST", "submissions/", content=body, headers={"Content-Type": "application/json"})
    if answer.status_code == 202:
        return fate(clerk, clerk.settled(answer.json()["id"]))
    problem = answer.json()
    assert problem["detail"]
    assert len(answer.content) < 100_000
    return f"{answer.status_code} {problem['type'].rpartition('/')[2]}"


def batch(clerk: Clerk, *records: Any) -> bytes:
    """A batch as it is sent."""
    return json.dumps({"period": clerk.partner.period.code, "records": records}).encode()


def spoilt(clerk: Clerk, value: str, column: str = "remarks") -> bytes:
    """A batch of two, with ``value`` as it stands in place of a value of the second."""
    whole = batch(clerk, clerk.row(1), clerk.row(2, **{column: "HERE"}))
    return whole.replace(b'"HERE"', value.encode())


VALUES: dict[str, str] = {
    "[" * DEEP + "]" * DEEP: "400 malformed",
    "[" * 1_000 + "]" * 1_000: "400 invalid",
    '{"a":' * 500 + "1" + "}" * 500: "400 invalid",
    '["a", {"b": null}]': "400 invalid",
    "NaN": "400 malformed",
    "Infinity": "400 malformed",
    "1e400": "400 malformed",
    "-1e308": "2 rows",
    "9" * 30: "2 rows",
    "9" * 5_000: "400 malformed",
    '"\\ud800"': "400 malformed",
    '"\\u0000"': "2 rows",
    '"a\\u0000b"': "2 rows",
    "true": "2 rows",
    '"x", "remarks": "y"': "2 rows",
}


def test_values_that_are_no_text(clerk: Clerk) -> None:
    assert {value[:20]: told(clerk, spoilt(clerk, value)) for value in VALUES} == {
        value[:20]: expected for value, expected in VALUES.items()
    }


STRANGE: dict[str, list[str | None]] = {
    "name": [None] * 4,
    "id_number": ["E04", "E04", "E04", "E05"],
    "started_on": ["E03"] * 4,
    "programme": ["E08"] * 4,
    "path": ["E02"] * 4,
}


def test_values_that_are_no_text_in_needed_columns(clerk: Clerk) -> None:
    """A NUL in a coded column made the database refuse the findings, and the batch fail for good."""
    values: list[Any] = ["a\0b", 12, True, 1e30]
    wanted = [(code, *pair) for code, rules in STRANGE.items() for pair in zip(values, rules, strict=True)]
    rows = [clerk.row(n, **{code: value}) for n, (code, value, _rule) in enumerate(wanted)]
    found = [f"{n} {rule} {code}" for n, (code, _value, rule) in enumerate(wanted, 1) if rule]
    assert told(clerk, batch(clerk, *rows)) == f"4 of 20 rows: {', '.join(found)}"


def test_records_that_are_no_objects(clerk: Clerk) -> None:
    for strange in (None, 1, "name", ["name"], [clerk.row(1)]):
        assert told(clerk, batch(clerk, clerk.row(1), strange)) == "400 invalid"
    assert told(clerk, batch(clerk, *range(20_000))) == "400 invalid"
    for body in (b"", b"[]", b"null", b'"x"', b'{"period": "2019-Q1", "records": {"name": "x"}}'):
        assert told(clerk, body).startswith("400 ")


def test_keys_that_are_no_columns(clerk: Clerk) -> None:
    assert told(clerk, batch(clerk, {})) == "F03"
    assert told(clerk, batch(clerk, {"x": 1})) == "F02"
    many = {f"column {n}": "" for n in range(50_000)}
    assert told(clerk, batch(clerk, clerk.row(1) | many)) == "1 rows: W07"
    assert told(clerk, batch(clerk, clerk.row(2) | {"长" * 500_000: ""})) == "1 rows: W07"
    assert told(clerk, batch(clerk, clerk.row(3) | {"": "x", "\u0000": "y"})) == "1 rows: W07"


@pytest.mark.hostile
def test_too_many_records(clerk: Clerk) -> None:
    row = dict.fromkeys(LAYOUT.needed, "x")
    assert told(clerk, batch(clerk, *[row] * 200_001)) == "F04 rows"
    assert told(clerk, batch(clerk, *[{"name": "x"}] * 400_001)) == "F04 rows"


def test_a_body_that_is_longer_than_any_batch(clerk: Clerk, settings: Any) -> None:
    """It is not taken into memory first: the site runs in this process, whose settings are made small for it."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.REQUEST_BYTES = 10_000, 100_000
    assert told(clerk, spoilt(clerk, '"' + "x" * 5_000 + '"')) == "2 rows"
    for length in (10_000, 200_000):
        assert told(clerk, spoilt(clerk, '"' + "x" * length + '"')) == "413 too_large"
        key = {"Idempotency-Key": str(length), "Content-Type": "application/json"}
        answer = clerk.call("POST", "submissions/", content=b"[" * (length + 1), headers=key)
        assert answer.status_code == 413
    nobody = httpx.post(f"{clerk.site}auth/token/", json={"username": "x" * 20_000, "password": "x"})
    assert nobody.status_code == 413
    assert clerk.upload(b"x" * 200_000).status_code == 413
    page = httpx.post(clerk.site.replace("api/v1/", "sign-in/"), data={"username": "x" * 200_000})
    assert page.status_code == 413
