"""The language asked for, else the user's own, else Chinese."""

from typing import Any

import pytest

from backend.api.language import asked_for
from tests.factories import OfficerFactory
from tests.support.http import Caller

pytestmark = pytest.mark.django_db

ENGLISH = "There is nothing at this address, or nothing that you may see."
CHINESE = "此地址下没有内容，或没有您可以查看的内容。"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-hans", "zh-hans"),
        ("zh-Hans-CN", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("fr, en;q=0.5, zh;q=0.4", "en"),
        ("en;q=0.2, zh-CN;q=0.9", "zh-hans"),
        ("fr", None),
        ("*", None),
        ("", None),
        ("nonsense;;;q=", None),
    ],
)
def test_headers_are_understood(header: str, language: str | None) -> None:
    assert asked_for(header) == language


@pytest.mark.parametrize(
    ("own", "headers", "language"),
    [
        ("en", {"accept-language": "zh-CN"}, "zh-hans"),
        ("zh-hans", {"accept-language": "en-US"}, "en"),
        ("en", {}, "en"),
        ("zh-hans", {}, "zh-hans"),
        ("en", {"accept-language": "fr"}, "en"),
        (None, {}, "zh-hans"),
        (None, {"accept-language": "en"}, "en"),
    ],
)
def test_answers_speak_it_and_say_so(own: str | None, headers: dict[str, str], language: str) -> None:
    user = OfficerFactory(language=own) if own else None
    answer: Any = Caller(user).get("organisations/NO-SUCH/" if user else "nowhere/", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["detail"] == (ENGLISH if language == "en" else CHINESE)
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_what_the_framework_says_is_translated_too() -> None:
    answer = Caller(OfficerFactory(language="zh-hans")).post("organisations/", {}, format="json")
    assert {error["message"] for error in answer.json()["errors"]} == {"该字段是必填项。"}


def test_one_requests_language_is_not_the_nexts() -> None:
    Caller(OfficerFactory(language="en")).get("organisations/NO-SUCH/")
    assert Caller().get("nowhere/").json()["detail"] == CHINESE
