"""Uploading by the page."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backend import clock
from backend.accounts import scope
from programs.periods.models import Obligation
from programs.submissions.models import Submission
from tests.factories import OfficerFactory, OrganisationFactory, PeriodFactory
from tests.support.partner import Partner, as_csv

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def sent(client: Client, partner: Partner, data: bytes = b"", **values: Any) -> Any:
    """A file sent by the form, as it stands when nothing is changed in it."""
    file = io.BytesIO(data or as_csv([partner.row(1)]))
    file.name = "名单.csv"
    whole = {"period": partner.period.code, "policy": "accept_good_rows", "confirm": "manual", "file": file} | values
    return client.post("/submissions/new/", {name: value for name, value in whole.items() if value is not None})


def latest() -> Submission:
    with scope.everything():
        return Submission.objects.select_related("organisation", "submitted_by").latest("pk")


def test_a_file_is_taken_in_and_its_page_shown(partner: Partner, browse: Browse) -> None:
    answer = sent(browse(partner.clerk), partner, policy="all_or_nothing", confirm="auto")
    submission = latest()
    assert answer.status_code == 303
    assert answer["Location"] == f"/submissions/{submission.pk}/"
    assert (submission.policy, submission.confirm, submission.file_name) == ("all_or_nothing", "auto", "名单.csv")
    assert (submission.on_behalf, submission.organisation) == (False, partner.organisation)
    answer = sent(browse(partner.clerk, part=True), partner, as_csv([partner.row(2)]))
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/submissions/{latest().pk}/")


def test_the_same_file_is_told_and_may_be_sent_all_the_same(partner: Partner, browse: Browse) -> None:
    first = partner.send([partner.row(1)])["id"]
    client = browse(partner.clerk)
    answer = sent(client, partner)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"submission {first}, now “Checked”. Nothing was taken in again." in page
    assert f"/submissions/{first}/" in page
    assert re.search(r'<button[^>]* name="force" value="true"', page)
    assert latest().pk == first
    assert sent(client, partner, force="true").status_code == 303
    assert latest().forced


def test_periods_still_owed_stand_first_and_the_most_urgent_is_chosen(partner: Partner, browse: Browse) -> None:
    today = clock.today()
    later = PeriodFactory(code="9999-Q1", starts_on=today, ends_on=today, due_on=today + dt.timedelta(days=9))
    locked = PeriodFactory(
        code="2018-L",
        starts_on=dt.date(2018, 1, 1),
        ends_on=dt.date(2018, 1, 31),
        due_on=dt.date(2018, 2, 5),
        locked_at=clock.now(),
    )
    PeriodFactory(
        code="2018-R", starts_on=dt.date(2018, 2, 1), ends_on=dt.date(2018, 2, 28), due_on=dt.date(2018, 3, 5)
    )
    with scope.everything():
        for period in (later, locked, partner.period):
            Obligation.objects.create(organisation=partner.organisation, period=period, due_on=period.due_on)
    page = browse(partner.clerk).get("/submissions/new/").content.decode()
    due, others = re.findall(r"<optgroup.*?</optgroup>", page, re.DOTALL)
    assert re.findall(r'value="([^"]+)"', due) == [partner.period.code, "9999-Q1"]
    assert f"{partner.period.code}: overdue, was due on {partner.period.due_on}" in due
    assert set(re.findall(r'value="([^"]+)"', others)) == {"2018-L", "2018-R"}
    assert re.search(r'value="2018-L" disabled', others)
    assert re.search(f'value="{partner.period.code}" selected', page)
    page = browse(partner.clerk).get("/submissions/new/?period=2018-R").content.decode()
    assert re.search(r'value="2018-R" selected', page)
    answer = sent(browse(partner.clerk), partner, period="2018-L")
    assert answer.status_code == 409
    assert "Period 2018-L is locked. Ask the bureau to reopen it." in answer.content.decode()


def test_an_officer_names_the_partner_and_the_submission_is_marked(partner: Partner, browse: Browse) -> None:
    officer, code = OfficerFactory(), partner.organisation.code
    with scope.everything():
        Obligation.objects.create(
            organisation=partner.organisation, period=partner.period, due_on=partner.period.due_on
        )
    client = browse(officer)
    assert "overdue" not in client.get("/submissions/new/").content.decode()
    page = client.get(f"/submissions/new/?organisation={code}").content.decode()
    assert "overdue, was due on" in page
    assert f'value="{code}" selected' in page
    assert officer.organisation.code not in re.findall(r'<option value="([^"]*)"', page), "the bureau reports nothing"
    assert "This field is required." in sent(client, partner).content.decode()
    assert sent(client, partner, organisation=code).status_code == 303
    submission = latest()
    assert (submission.organisation, submission.submitted_by, submission.on_behalf) == (
        partner.organisation,
        officer,
        True,
    )
    page = client.get(f"/submissions/{submission.pk}/").content.decode()
    assert "on the partner’s behalf" in page


def test_a_partner_cannot_name_another_organisation(partner: Partner, browse: Browse) -> None:
    other = OrganisationFactory()
    assert sent(browse(partner.clerk), partner, organisation=other.code).status_code == 303
    assert latest().organisation == partner.organisation


def test_what_is_wrong_is_said_and_nothing_taken_in(partner: Partner, browse: Browse, settings: Any) -> None:
    client = browse(partner.clerk)
    assert sent(client, partner, file=None).status_code == 400
    assert sent(client, partner, period="1999-Q9").status_code == 400
    settings.UPLOAD_BYTES = 100
    answer = sent(client, partner, b"x" * 500)
    assert answer.status_code == 413
    assert "Split it and send the parts." in answer.content.decode()
    with scope.everything():
        assert not Submission.objects.exists()


def test_uploads_of_an_hour_are_counted_for_page_and_api_together(
    partner: Partner, browse: Browse, settings: Any
) -> None:
    settings.UPLOADS_PER_HOUR = 2
    partner.send([partner.row(1)])
    client = browse(partner.clerk)
    assert sent(client, partner, as_csv([partner.row(2)])).status_code == 303
    answer = sent(client, partner, as_csv([partner.row(3)]))
    assert answer.status_code == 429
    assert "Too many attempts." in answer.content.decode()
