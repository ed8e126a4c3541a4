"""Whatever goes round Django's cursors has its errors told as Django's: who tries again goes by them."""

from collections.abc import Callable

import polars as pl
import pytest
from django.db import DataError, transaction

from programs.targets import wholesale
from programs.targets.wholesale import Wanted
from talent.people import filing

pytestmark = pytest.mark.django_db


def wrong_copy() -> None:
    filing._stage(pl.DataFrame({"key": ["no number"], "person_id": [1], "kind": [1]}))


def wrong_question() -> None:
    wholesale.take(None, wrong=Wanted({"x": "1 / (id - id)"}, "target"))


@pytest.mark.parametrize("work", [wrong_copy, wrong_question])
def test_an_error_of_the_servers_is_one_of_djangos(work: Callable[[], None]) -> None:
    with pytest.raises(DataError), transaction.atomic():
        work()
