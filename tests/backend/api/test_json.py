"""What values look like in JSON."""

import datetime as dt
import uuid
from decimal import Decimal
from types import MappingProxyType

import orjson
import pytest
from django.utils.translation import gettext_lazy, override

from backend.api.renderers import CSVRenderer, JSONRenderer, XLSXRenderer, dump

NUMBER = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.datetime(2019, 1, 1, 0, 30, tzinfo=dt.UTC), "2019-01-01T08:30:00+08:00"),
        (dt.datetime(2019, 1, 1, 0, 30, 0, 123, tzinfo=dt.UTC), "2019-01-01T08:30:00.000123+08:00"),
        (dt.date(2019, 3, 1), "2019-03-01"),
        (dt.time(8, 30), "08:30:00"),
        (Decimal("0.10"), "0.10"),
        (NUMBER, str(NUMBER)),
        ((1, 2), [1, 2]),
        (MappingProxyType({"a": None}), {"a": None}),
        (0.5, 0.5),
    ],
)
def test_values(value: object, written: object) -> None:
    assert orjson.loads(dump({"value": value})) == {"value": written}


def test_sentences_are_in_the_language_of_the_answer() -> None:
    lazy = gettext_lazy("Too many requests")
    with override("zh-hans"):
        assert orjson.loads(dump([lazy])) == ["请求过于频繁"]
    with override("en"):
        assert orjson.loads(dump([lazy])) == ["Too many requests"]


@pytest.mark.parametrize("value", [b"raw", memoryview(b"raw"), object()])
def test_what_has_no_form_is_a_bug(value: object) -> None:
    with pytest.raises(TypeError):
        dump({"value": value})


def test_the_renderers_write_a_page_of_rows_too() -> None:
    page = {"next": None, "previous": None, "results": [{"a": "=1"}, {"a": 2, "b": "x"}]}
    assert CSVRenderer().render(page).decode("utf-8-sig") == "a,b\r\n'=1,\r\n2,x\r\n"
    assert XLSXRenderer().render(page).startswith(b"PK")
    assert JSONRenderer().render(None) == b""
