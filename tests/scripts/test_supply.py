"""What the product is made of: pins with digests, licences that are allowed, and a document that tells of both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import components
import licences
import sbom

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")


@pytest.fixture(scope="module")
def found() -> list[components.Component]:
    return components.components()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_pin_has_digests_and_no_file_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = list(components.pins(text))
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pinned) == len(lines) > 0
    assert [pin for pin, _version, digests in pinned if not digests] == []
    assert re.findall(r"(?i)https?:|file:|--(?:extra-)?index|--find-links|--trusted", text) == []


def test_what_the_tests_need_is_within_what_the_product_runs_on() -> None:
    run, dev = (
        {name: version for name, version, _digests in components.pins((ROOT / file).read_text())}
        for file in REQUIREMENTS[:2]
    )
    assert {name for name in run.keys() & dev.keys() if run[name] != dev[name]} == set()


def test_the_page_of_licences_is_current_and_each_is_allowed(found: list[components.Component]) -> None:
    assert list(licences.problems(found, licences.PAGE.read_text("utf-8"))) == []


def test_a_licence_that_is_not_allowed_and_a_stale_page_are_told(found: list[components.Component]) -> None:
    other = components.Component("pypi", "thing", "1", "AGPL-3.0-only", ())
    told = list(licences.problems([*found, other], licences.page(found)))
    assert told[0] == "thing 1 is under AGPL-3.0-only, which is not allowed"
    assert "run make licences" in told[1]


@pytest.mark.parametrize(
    ("licence", "amiss"),
    [
        ("MIT", set()),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", set()),
        ("GPL-3.0-only OR MIT", set()),
        ("GPL-3.0-only AND MIT", {"GPL-3.0-only"}),
        ("MIT AND (GPL-2.0-only OR AGPL-3.0-only)", {"GPL-2.0-only", "AGPL-3.0-only"}),
    ],
)
def test_of_a_choice_one_licence_will_do_and_of_a_sum_all_must(licence: str, amiss: set[str]) -> None:
    assert components.forbidden(licence) == amiss


def test_the_bill_of_materials_tells_of_every_package_with_its_digests(found: list[components.Component]) -> None:
    told = json.loads(json.dumps(sbom.document(found)))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    purls = [one["purl"] for one in told["components"]]
    assert len(purls) == len(set(purls)) == len(found)
    assert {"pkg:npm/%40tabler/core@1.6.1"} < set(purls)
    for one in told["components"]:
        [licence] = one["licenses"]
        assert licence.keys() in ({"expression"}, {"license"})
        [distribution] = one["externalReferences"]
        lengths = {"SHA-256": 64, "SHA-512": 128}
        assert distribution["hashes"]
        assert all(len(digest["content"]) == lengths[digest["alg"]] for digest in distribution["hashes"])
    assert told["dependencies"][0]["dependsOn"] == purls
