"""The board and the alert rules: whatever they name, a scrape exports, and every rule leads into the runbook."""

import datetime as dt
import json
import re
from typing import Any

import pytest
import yaml
from redis import Redis

from backend.accounts.scope import everything
from backend.backups.noting import key
from backend.chain.models import AuditExamination
from backend.doctor.registry import RUNBOOK, checks
from backend.health import heartbeat
from backend.jobs.models import Job
from programs.targets.models import RecountResult
from tests.deploy.composing import ROOT
from tests.support.http import Caller

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
BOARD = json.loads((ROOT / "deploy/grafana/shugu.json").read_text("utf-8"))
OF_PROMETHEUS = {"up"}
_NAME = re.compile(r"\b(?:shugu|django|up)[a-z0-9_]*\b(?=\s*(?:[{\[)]|$|[-+*/<>=! ]))")
_HISTOGRAM = ("_bucket", "_sum", "_count")


def named(expression: str) -> set[str]:
    """The metrics that an expression names; not the values of labels."""
    return set(_NAME.findall(re.sub(r'"[^"]*"', "", expression)))


def expressions() -> list[str]:
    return [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])]


def scraped() -> dict[str, str]:
    """Of each metric of a scrape its type."""
    told = Caller().get("/metrics").content.decode()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE))
    found = {
        f"{name}{suffix}": kind
        for name, kind in types.items()
        for suffix in ("", *_HISTOGRAM)
        if kind == "histogram" or not suffix
    }
    samples = set(re.findall(r"^([a-z][a-z0-9_]*)(?:\{.*\})? \S+$", told, re.MULTILINE))
    # A gauge that is announced and has no sample would be no gauge.
    return {name: kind for name, kind in found.items() if kind != "gauge" or name in samples}


def anchors(path: str) -> set[str]:
    """The anchors of a page's headings, as those who show Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture
def lived_in(fresh_database: str) -> None:
    """A system that was recounted, examined and backed up, and has answered somebody."""
    now = dt.datetime.now(dt.UTC).isoformat()
    with everything():
        RecountResult.objects.create(agrees=True, amiss=0, astray=0, job_id=1)
        AuditExamination.objects.create(entries=0, seals=0)
        Job.objects.create(kind="test", state=Job.State.QUEUED)
    connection: Redis
    with heartbeat.client() as connection:
        told = {"backup_at": now, "received_until": now, "rehearsed_at": now, "proved": True}
        connection.set(key(heartbeat.key().partition(":")[0]), json.dumps(told))
    Caller().get("/healthz")


@pytest.mark.usefixtures("lived_in")
def test_every_metric_of_board_and_rules_is_exported() -> None:
    there = scraped()
    wanted = {name for expression in [*expressions(), *(rule["expr"] for rule in RULES)] for name in named(expression)}
    assert len(wanted) > 20
    assert wanted - OF_PROMETHEUS - there.keys() == set()
    # What operations needs is looked at by somebody.
    ours = {name for name in there if name.startswith("shugu_")}
    assert ours - wanted == set()


@pytest.mark.usefixtures("lived_in")
def test_what_waits_is_counted() -> None:
    told = Caller().get("/metrics").content.decode()
    assert 'shugu_jobs{state="queued"} 1.0' in told
    assert 'shugu_jobs{state="failed"} 0.0' in told
    assert "shugu_recount_agreed 1.0" in told
    assert "shugu_gauges_read 1.0" in told
    assert "shugu_broker_up 1.0" in told
    assert "shugu_worker_up 0.0" in told


def test_without_a_database_the_scrape_says_so(fresh_database: str, databases: Any) -> None:
    with databases.using("shugu_test_no_such_database"):
        told = Caller().get("/metrics").content.decode()
    assert "shugu_gauges_read 0.0" in told
    assert "shugu_jobs{" not in told
    assert "shugu_broker_up 1.0" in told


def test_every_rule_says_what_it_means_and_leads_into_the_runbook() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    sections = anchors(RUNBOOK)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        told = rule["annotations"]
        assert told["summary"]
        assert told["description"]
        page, _, anchor = told["runbook_url"].partition("#")
        assert page == RUNBOOK
        assert anchor in sections, rule["alert"]
        assert named(rule["expr"]), rule["alert"]


def test_every_finding_of_the_doctor_has_its_section() -> None:
    assert {one.name for one in checks()} - anchors(RUNBOOK) == set()


def test_the_runbook_names_commands_that_there_are() -> None:
    text = (ROOT / RUNBOOK).read_text("utf-8")
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= made
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= commands
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"].keys()
    named_services = re.findall(r"docker compose (?:exec|logs|up --detach|restart|run --rm) ([a-z]+)", text)
    assert named_services
    assert set(named_services) <= services


def test_the_board_stands_by_itself() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {variable["name"] for variable in BOARD["templating"]["list"]} == {"source"}
    for panel in panels:
        assert panel["type"] == "row" or panel["datasource"]["uid"] == "${source}"
