"""The API describes itself, and its pages need nothing from outside."""

import json
import re
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from backend.api import reading
from tests.support.http import Caller


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_it_is_sound_and_raises_no_warning(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    told = ["--validate", "--fail-on-warn", "--format", "openapi-json", "--file", "/dev/null"]
    call_command("spectacular", *told)


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, address, operation)
        for address, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_tells_what_it_is_and_how_it_refuses(description: dict[str, Any]) -> None:
    found = operations(description)
    assert len(found) > 10
    for method, address, operation in found:
        assert operation.get("description") or operation.get("summary"), f"{method} {address} says nothing"
        assert any(status.startswith("2") for status in operation["responses"]), address
        problem = operation["responses"]["400"]["content"]
        assert list(problem) == ["application/problem+json"], address
        if operation.get("security"):
            assert {"401", "403"} <= operation["responses"].keys(), address
        if method in ("post", "put", "patch", "delete"):
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, address


def test_lists_are_pages_and_downloads(description: dict[str, Any]) -> None:
    operation = description["paths"]["/api/v1/organisations/"]["get"]
    assert operation["responses"]["200"]["content"].keys() == {
        "application/json",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert {"limit", "cursor", "count", "format", "kind", "parent", "search"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("address", "accept", "read"),
    [
        ("schema/", "application/json", json.loads),
        ("schema/", "*/*", json.loads),
        ("schema/", "application/vnd.oai.openapi+json", json.loads),
        ("schema/", "application/yaml", yaml.safe_load),
        ("schema/?format=json", "image/png", json.loads),
    ],
)
@pytest.mark.django_db
def test_it_is_served_without_a_login(address: str, accept: str, read: Any) -> None:
    answer = Caller().get(address, headers={"accept": accept})
    assert answer.status_code == 200, answer.content
    assert read(answer.content)["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_it_is_made_once_for_each_language() -> None:
    reading.written.cache_clear()
    told = [Caller().get("schema/", headers={"accept-language": one}).json() for one in ("en", "zh-hans", "en")]
    assert told[0] == told[2]
    assert told[0] != told[1], "what is for people to read is in their language"
    assert reading.written.cache_info().misses == 2


@pytest.mark.django_db
def test_the_page_needs_nothing_from_outside() -> None:
    answer = Caller().get("docs/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    page = answer.content.decode()
    assert re.findall(r"(?:https?:)?//[\w.-]+", page.replace("http://www.w3.org", "")) == []
    assert '"validatorUrl": null' in page, "Swagger's pages ask a validator on the internet unless told not to"
    needed = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert len(needed) >= 4
    for name in needed:
        assert finders.find(name), f"{name} is not there to be served"
