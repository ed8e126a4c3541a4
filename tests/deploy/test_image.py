"""The Dockerfile: that what it copies is there, and that nothing comes along that must stay at home."""

import re
import tomllib

import pytest

from tests.deploy import image
from tests.deploy.composing import ROOT, Compose, filled_in


def test_what_it_copies_is_there_and_reaches_the_build() -> None:
    sources = [source for source, _ in image.copied()]
    assert {"backend", "talent", "programs", "locale", "manage.py", "requirements.txt"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not image.ignored(source), source
    assert not image.ignored("talent/people/sql/functions.sql")


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".venv/bin/python",
        "var/embedded/main/secrets.json",
        "deploy/shugu.env",
        "deploy/nginx/certificates/privkey.pem",
        "node_modules/echarts/package.json",
        "tests/conftest.py",
        "backend/api/__pycache__/base.cpython-311.pyc",
        "locale/zh_Hans/LC_MESSAGES/django.mo",
    ],
)
def test_what_must_stay_at_home_does(path: str) -> None:
    assert image.ignored(path)


def test_the_last_fitting_pattern_decides() -> None:
    assert not image.ignored("backend/urls.py")
    assert image.ignored("backend.sql")
    assert image.ignored("deploy/backend/x.py")


def test_it_is_of_a_python_that_the_project_supports_and_runs_as_nobody_special() -> None:
    steps = image.instructions()
    python = dict(rest.split("=") for word, rest in steps if word == "ARG" and "=" in rest)["PYTHON"]
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert tuple(map(int, python.split("."))) >= tuple(map(int, re.findall(r"\d+", needed)))
    assert {rest.split()[0] for word, rest in steps if word == "FROM"} == {"python:${PYTHON}-slim"}
    users = [rest for word, rest in steps if word == "USER"]
    assert users == ["10001"]
    assert steps[-1][0] == "CMD"
    assert steps.index(("USER", users[0])) > max(place for place, (word, _) in enumerate(steps) if word == "RUN")


def test_it_is_built_with_the_arguments_that_compose_passes() -> None:
    declared = {rest.partition("=")[0] for word, rest in image.instructions() if word == "ARG"}
    assert set(Compose(filled_in()).document["x-shugu"]["build"]["args"]) == declared - {"PYTHON"}
