"""The rules' pages: read by everybody, set and tried by an officer, excepted from by a partner's asking."""

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from programs.intake.models import Override, Replay, RuleSetting
from programs.intake.rules import RULES
from programs.intake.templates.talent import TALENT_RECORDS
from tests.factories import OfficerFactory, PartnerFactory
from tests.programs.desks.officer.world import Reader, links, saved, text
from tests.programs.intake.rules.conftest import ask, early
from tests.support.partner import Partner

pytestmark = pytest.mark.django_db
SETTING = {"severity": "error", "from_on": "2019-01-01", "until_on": "", "reason": "Late reports are over."}


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def clerk(partner: Partner) -> Reader:
    return reader(partner.clerk)


@pytest.fixture
def officer(db: None) -> Reader:
    return Reader(OfficerFactory(language="en"))


def reader(user: object) -> Reader:
    user.language = "en"  # type: ignore[attr-defined]
    user.save()  # type: ignore[attr-defined]
    return Reader(user)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rule_has_its_page_in_both_languages(language: str) -> None:
    browser = Reader(PartnerFactory(language=language))
    assert len(links(browser.get("/rules/"), r"^/rules/\w{3}/$")) == len(RULES)
    for code, rule in RULES.items():
        said = browser.read(f"/rules/{code}/")
        told = (rule.title_en, rule.guidance_en) if language == "en" else (rule.title_zh, rule.guidance_zh)
        assert all(" ".join(one.split()) in said for one in told), code
        assert "{" not in said, code
    assert browser.get("/rules/E99/").status_code == 404


def test_an_officer_sets_a_severity_and_everybody_reads_why(officer: Reader, clerk: Reader) -> None:
    assert "Set how grave it is" not in clerk.read("/rules/W03/")
    assert "Set how grave it is" not in officer.read("/rules/E01/")
    wrong = officer.post("/rules/W03/severity/", {**SETTING, "until_on": "2018-01-01"})
    assert (wrong.status_code, "The last day comes before the first one." in text(wrong)) == (400, True)
    assert officer.post("/rules/W03/severity/", SETTING).status_code == 303
    with scope.everything():
        assert RuleSetting.objects.get().severity == "error"
    said = clerk.read("/rules/W03/")
    assert "Late reports are over." in said
    assert "set by the bureau" in said
    assert "set by the bureau" in clerk.read("/rules/")


def test_an_officer_tries_a_rule_and_sees_whom_it_would_hit(
    partner: Partner, officer: Reader, run_jobs: Callable[[], int]
) -> None:
    sent = partner.send([early(partner, 0), partner.row(1)])["id"]
    days = {"severity": "warning", "from_on": "2019-01-01", "until_on": "2019-12-31"}
    begun = officer.post("/rules/E09/replay/", days)
    assert begun.status_code == 303
    with scope.everything():
        replay = Replay.objects.get()
    page = f"/replays/{replay.pk}/"
    assert begun["Location"] == page
    assert b"every 1s" in officer.get(page).content
    run_jobs()
    answer = officer.get(page)
    assert b"every 1s" not in answer.content
    assert links(answer, f"/submissions/{sent}/")
    assert "Row 2 Started on, Completed on" in text(answer)
    table = saved(officer.get(page, {"format": "csv"})).decode("utf-8-sig").splitlines()
    assert table[1].split(",")[2:6] == [str(sent), "1", "0", "1"]
    assert links(officer.get("/replays/"), page)
    assert links(officer.get("/rules/E09/"), page)
    assert "selected>Warns" in officer.get("/rules/E09/", {"severity": "warning"}).content.decode()


def test_a_partner_asks_beside_the_failing_rule_and_reads_the_answer(
    partner: Partner, clerk: Reader, officer: Reader
) -> None:
    submission = partner.send([early(partner, 0), partner.row(1, district="火星区")])["id"]
    page = f"/submissions/{submission}/"
    assert clerk.get(page).content.count(b"Ask for an exception") == 1  # E02 is structural
    assert "Ask for an exception" not in officer.read(page)
    body = {"rule": "E09", "explanation": "The cohort began early; number 520102198001010011."}
    assert clerk.post(f"{page}overrides/", body).status_code == 303
    with scope.everything():
        override = Override.objects.get()
    assert "520102198001010011" not in override.explanation
    said = clerk.read(page)
    assert "Awaits an answer" in said
    assert "Ask for an exception" not in said
    queue = officer.read("/overrides/")
    assert "The cohort began early" in queue
    assert "1 row" in queue
    assert "Exceptions await an answer" in officer.read("/")
    wanting = officer.post(f"/overrides/{override.pk}/refuse/", {"reason": ""}, follow=True)
    assert "Say why; the partner reads it." in text(wanting)
    assert officer.post(f"/overrides/{override.pk}/grant/").status_code == 303
    assert "No exception awaits an answer" in officer.read("/overrides/")
    said = clerk.read(page)
    assert "Granted" in said
    assert partner.submission(submission)["counts"]["rejected"] == 1
    assert "Granted" in clerk.read("/overrides/")


def test_another_partners_exceptions_are_not_there(partner: Partner, clerk: Reader) -> None:
    ask(partner, partner.send([early(partner, 0)])["id"])
    stranger = Reader(PartnerFactory(language="en"))
    assert "班次提前开班" in clerk.read("/overrides/")
    assert "班次提前开班" not in stranger.read("/overrides/")


def test_the_number_of_queries_does_not_grow_with_what_is_asked(partner: Partner, officer: Reader) -> None:

    ask(partner, partner.send([early(partner, 0)])["id"])
    with CaptureQueriesContext(connection) as one:
        officer.read("/overrides/")
    for n in range(1, 4):
        ask(partner, partner.send([early(partner, n)])["id"])
    with CaptureQueriesContext(connection) as several:
        officer.read("/overrides/")
    assert len(several) == len(one)


def test_the_templates_instructions_are_the_catalogue_as_it_is_in_force(partner: Partner, clerk: Client) -> None:
    officer = OfficerFactory()
    with scope.everything():
        RuleSetting.objects.create(
            rule="W03", severity="error", from_on=dt.date(2018, 1, 1), reason="trial", set_by=officer
        )
    answer = clerk.get("/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    lines = {str(row[0]): row for row in book["Instructions"].iter_rows(values_only=True) if row[0] in RULES}
    assert list(lines) == list(TALENT_RECORDS.rule_codes)
    for code in lines:
        rule = RULES[code]
        assert lines[code][1:3] == (rule.title_en, rule.guidance_en)
    assert (lines["W03"][3], lines["W02"][3]) == ("Refuses the row", "Warns")
