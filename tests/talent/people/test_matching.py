"""How likely two names are one person's."""

import datetime as dt

import pytest

from talent.people.matching import Described, Reason, compare, likeness_of_names
from talent.people.names import read_alike

DAY = dt.date(1990, 5, 1)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("张伟", "张玮", Reason.READ_ALIKE),
        ("张伟", "Zhang Wei", Reason.READ_ALIKE),
        ("张伟", "WEI ZHANG", Reason.READ_ALIKE),
        ("欧阳娜娜", "ouyang nana", Reason.READ_ALIKE),
        ("吕布", "Lv Bu", Reason.READ_ALIKE),
        ("单雄信", "Shan Xiongxin", Reason.READ_ALIKE),
        ("仇英", "邱英", Reason.READ_ALIKE),
        ("查良镛", "Zha Liangyong", Reason.READ_ALIKE),
        ("王小明", "王明小", Reason.SAME_CHARACTERS),
        ("买买提·艾力", "买买提", Reason.PART_OF_NAME),
        ("王小明", "王大明", Reason.NAMES_ALIKE),
        ("王小明", "李大力", Reason.NAMES_DIFFER),
        ("王", "王小明", Reason.NAMES_ALIKE),
        ("王小明", "", Reason.NAMES_DIFFER),
    ],
)
def test_in_what_way_names_are_alike(one: str, other: str, reason: Reason) -> None:
    assert likeness_of_names(one, other)[1] == reason
    assert likeness_of_names(other, one) == likeness_of_names(one, other)


def test_surnames_have_readings_of_their_own() -> None:
    assert not read_alike("单雄", "Dan Xiong")
    assert read_alike("简单", "Jian Dan")


def test_the_score_ranks_by_name_and_birth() -> None:
    def score(name: str, born: dt.date | None) -> float:
        return compare(Described("王小明", DAY), Described(name, born), same_number=True)[0]

    ranked = [score("王晓明", DAY), score("王大明", DAY), score("李大力", DAY), score("李大力", None)]
    ranked.append(score("李大力", dt.date(1991, 1, 1)))
    assert ranked == sorted(set(ranked), reverse=True)
    assert all(0 < one < 1 for one in ranked)


def test_the_reasons_say_what_agrees_and_what_does_not() -> None:
    _, reasons = compare(Described("王小明", DAY), Described("王晓明", dt.date(1991, 1, 1)), same_number=True)
    assert reasons == ["same_number", "read_alike", "other_birth_date"]
    _, reasons = compare(Described("王小明", DAY), Described("李大力"), same_number=False)
    assert reasons == ["names_differ"]
