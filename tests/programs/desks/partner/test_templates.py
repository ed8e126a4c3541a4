"""Templates other than talent records at the pages: offered, sent, mended, confirmed, and told as what they are."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.intake.templates.template import forget, register
from programs.submissions.models import Submission
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.intake.templates.cohorts import COHORTS
from tests.programs.intake.templates.planner import Planner, as_csv

Browse = Callable[..., Client]
Kind = Organisation.Kind


@pytest.fixture
def planner(db: None, run_jobs: Callable[[], int]) -> Iterator[Planner]:
    register(replace(COHORTS, kinds=frozenset({Kind.UNIVERSITY, Kind.BUREAU})))
    yield Planner(run_jobs)
    forget(COHORTS)


def sent(client: Client, rows: list[Any], **values: Any) -> Any:
    file = io.BytesIO(as_csv(rows))
    file.name = "班次.csv"
    whole = {"template": "cohorts/1", "policy": "accept_good_rows", "confirm": "manual", "file": file} | values
    return client.post("/submissions/new/", whole)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content)
    return answer.content.decode()


def latest() -> Submission:
    with scope.everything():
        return Submission.objects.select_related("organisation").latest("pk")


def test_the_upload_page_offers_what_the_organisation_may_send(planner: Planner, browse: Browse) -> None:
    client = browse(planner.clerk)
    page = text(client, "/submissions/new/")
    assert re.findall(r'<option value="([a-z-]+/1)"', page)[0] == "talent-records/1"
    assert 'value="cohorts/1"' in page
    assert 'name="period"' in page
    page = text(client, "/submissions/new/?template=cohorts/1")
    assert 'value="cohorts/1" selected' in page
    assert 'name="period"' not in page
    assert "/template.xlsx?template=cohorts/1" in page
    employer = PartnerFactory(organisation=OrganisationFactory(kind=Kind.EMPLOYER))
    assert 'value="cohorts/1"' not in text(browse(employer), "/submissions/new/")
    assert (
        'filename="template-cohorts-1.xlsx"' in client.get("/template.xlsx?template=cohorts/1")["Content-Disposition"]
    )


def test_from_the_upload_to_the_receipt(planner: Planner, browse: Browse) -> None:
    client = browse(planner.clerk)
    bad = planner.plan(2, mode="通宵", capacity="0")
    answer = sent(client, [planner.plan(1), bad])
    submission = latest()
    assert (answer.status_code, answer["Location"]) == (303, f"/submissions/{submission.pk}/")
    assert (submission.template, submission.period) == ("cohorts/1", None)
    planner.run_jobs()
    here = f"/submissions/{submission.pk}/"
    page = text(client, here)
    assert "Planned cohorts" in page
    assert "“Mode”" in page
    form = text(client, f"{here}rows/3/")
    assert re.search(r'<option value="room"[^>]*>In a room</option>', form)
    fields = {"mode": "online", "capacity": "12"}
    assert client.post(f"{here}rows/3/", fields).status_code == 303
    assert client.post(f"{here}confirm/").status_code == 303
    planner.run_jobs()
    page = text(client, here)
    assert "stands in the bureau’s books since" in page
    assert f"/records/?submission={submission.pk}" not in page
    assert "Withdraw this submission" not in page
    assert "Planned cohorts" in text(client, f"{here}statement/")
    assert client.get(f"{here}report.xlsx").status_code == 200
    again = sent(client, [planner.plan(1), bad])
    assert again.status_code == 409
    assert f"submission {submission.pk}" in again.content.decode()


def test_what_changes_is_shown_by_the_names_of_its_columns(planner: Planner, browse: Browse) -> None:
    planner.hand_in([planner.plan(1)], confirm="auto")
    number = planner.hand_in([planner.plan(1, capacity="20")])["id"]
    page = text(browse(planner.clerk), f"/submissions/{number}/changes/")
    assert re.search(r"Places</td>\s*<td[^>]*><del[^>]*>30</del></td>\s*<td[^>]*><ins[^>]*>20</ins>", page)
    assert "/records/" not in page.split('id="rows"')[1].split("</table>")[0]


def test_lists_and_desks_name_the_template_where_there_is_no_period(planner: Planner, browse: Browse) -> None:
    planner.hand_in([planner.plan(1)])
    client, officer = browse(planner.clerk), browse(OfficerFactory())
    for page in (text(client, "/"), text(client, "/submissions/"), text(officer, "/submissions/")):
        assert "Planned cohorts" in page
    for actor in (officer, browse(ManagerFactory())):
        text(actor, "/")
    assert "班次.csv" not in text(client, "/submissions/?template=talent-records/1")
    assert client.get("/submissions/?format=csv").status_code == 200


def test_the_bureau_sends_its_own_or_a_partner_s(planner: Planner, browse: Browse) -> None:
    officer = OfficerFactory()
    client = browse(officer)
    page = text(client, "/submissions/new/?template=cohorts/1")
    assert "The bureau itself" in page
    assert 'name="opening"' not in page
    assert not re.search(r'id="id_organisation" required', page)
    assert re.search(r'id="id_organisation" required', text(client, "/submissions/new/"))
    assert sent(client, [planner.plan(1)], organisation="").status_code == 303
    assert latest().organisation == officer.organisation
    assert sent(client, [planner.plan(2)], organisation=planner.organisation.code).status_code == 303
    assert latest().organisation == planner.organisation


def test_checks_are_listed_by_template(planner: Planner, browse: Browse) -> None:
    client = browse(planner.clerk)
    page = text(client, "/rules/")
    assert "All templates" in page
    own = text(client, "/rules/?template=cohorts/1")
    assert "/rules/T02/" in own
    assert "/rules/E07/" not in own
    one = text(client, "/rules/E03/")
    assert "Planned cohorts" in one
    assert "Starts on, Ends on" in one
    assert client.get("/rules/?template=cohorts/1&format=csv").status_code == 200
