"""Submissions as pages: the list, and one in each of its states."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from programs.submissions import services
from programs.submissions.models import Submission
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def text(page: str, part: str = "") -> str:
    """What a page says, from the element with the id ``part`` on."""
    if part:
        page = page.split(f'id="{part}"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_list_is_ones_own_and_staffs_says_whose(partner: Partner, browse: Browse) -> None:
    other = Partner(partner.run_jobs, OrganisationFactory(name_en="Elsewhere"))
    own, theirs = partner.send([partner.row(1)])["id"], other.send([other.row(2)])["id"]
    page = browse(partner.clerk).get("/submissions/").content.decode()
    assert f"/submissions/{own}/" in page
    assert f"/submissions/{theirs}/" not in page
    assert "Elsewhere" not in page
    assert "filter-organisation" not in page
    page = browse(OfficerFactory()).get("/submissions/").content.decode()
    assert f"/submissions/{own}/" in page
    assert "Elsewhere" in page
    assert "filter-organisation" in page
    page = browse(OfficerFactory()).get(f"/submissions/?organisation={other.organisation.code}").content.decode()
    assert f"/submissions/{own}/" not in page
    assert f"/submissions/{theirs}/" in page


def test_the_list_is_filtered_and_downloaded(partner: Partner, browse: Browse) -> None:
    taken, checked = partner.report([partner.row(1)])["id"], partner.send([partner.row(2, name="")])["id"]
    client = browse(partner.clerk)
    page = client.get("/submissions/?status=checked").content.decode()
    assert f"/submissions/{checked}/" in page
    assert f"/submissions/{taken}/" not in page
    assert "No submission fits these filters" in client.get("/submissions/?status=failed").content.decode()
    assert client.get("/submissions/?colour=red").status_code == 400
    answer = client.get("/submissions/?format=csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [int(line["Submission"]) for line in lines] == [checked, taken]
    assert [line["Left out"] for line in lines] == ["1", "0"]


def test_while_it_is_checked_the_page_asks_again_and_is_told_what_is_new(partner: Partner, browse: Browse) -> None:
    with scope.everything():
        submission = services.receive(
            actor=partner.clerk,
            organisation=partner.organisation,
            period=partner.period,
            data="人员编号,姓名\n".encode(),
            kind="file",
        )
    address = f"/submissions/{submission.pk}/"
    page = browse(partner.clerk).get(address).content.decode()
    (again,) = re.findall(r'hx-get="(\?seen=[^"]+)" hx-trigger="every 1s"', page)
    assert "Opening the file" in page
    assert "Cancel submission" in page
    part = browse(partner.clerk, part=True)
    assert part.get(address + again).status_code == 204, "nothing has moved"
    partner.run_jobs()
    answer = part.get(address + again)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'data-status="rejected"' in page
    assert "every 1s" not in page, "it stops by itself"
    assert "seen=" not in page.split('id="submission"')[1], "what was seen is in no link"
    assert "The file could not be read: nothing was taken" in page


def test_checked_it_says_what_may_be_taken(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1), partner.row(2), partner.row(3, district="火星区")])["id"]
    page = browse(partner.clerk).get(f"/submissions/{number}/").content.decode()
    assert "Take 2 rows, leave out 1" in text(page)
    assert "report.xlsx" in page
    assert f"/submissions/{number}/rows/4/" in page
    assert "The value of “District” is not in its code table." in text(page, "row-4")
    assert "火星区" in text(page, "row-4")
    assert "Not in the code table" in text(page, "summary")
    assert partner.submission(number)["sha256"] in page
    assert "名单.csv" in page


def test_all_or_nothing_is_held_back_by_an_error(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1), partner.row(3, name="")], policy="all_or_nothing")["id"]
    page = browse(partner.clerk).get(f"/submissions/{number}/").content.decode()
    assert "You chose “all or nothing”" in text(page)
    assert f"/submissions/{number}/confirm/" not in page
    client = browse(partner.clerk)
    client.post(f"/submissions/{number}/rows/3/", {"name": "张三"})
    page = client.get(f"/submissions/{number}/").content.decode()
    assert "Take 2 rows" in text(page)


def test_with_no_good_row_there_is_nothing_to_confirm_but_a_name_to_be_looked_into(
    partner: Partner, browse: Browse
) -> None:
    number = partner.send([partner.row(3, district="火星区")])["id"]
    page = browse(partner.clerk).get(f"/submissions/{number}/").content.decode()
    assert f"/submissions/{number}/confirm/" not in page
    assert "No row can be taken as it is." in text(page)
    partner.report([partner.row(9, name="欧阳建国")])
    number = partner.send([partner.row(9, name="司马相如")])["id"]
    assert partner.found(number) == {(2, "E12", "name")}
    page = browse(partner.clerk).get(f"/submissions/{number}/").content.decode()
    assert "Hand over for clarification" in text(page)


def test_confirmed_it_is_taken_and_gives_a_receipt(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1), partner.row(3, district="火星区")])["id"]
    client = browse(partner.clerk)
    page = client.post(f"/submissions/{number}/confirm/", follow=True).content.decode()
    assert 'data-status="committing"' in page
    assert "Checking every cell once more" in page
    assert "every 1s" in page
    partner.run_jobs()
    page = client.get(f"/submissions/{number}/").content.decode()
    receipt = text(page, "state")
    assert "Receipt" in receipt
    assert partner.submission(number)["sha256"] in receipt
    assert f"Confirmed {partner.submission(number)['confirmed_at'][:10]}" in receipt
    assert receipt.count(partner.clerk.username) == 2, "who sent and who confirmed"
    assert f"/records/?submission={number}" in page
    assert f"/submissions/{number}/rows/" not in page, "what is taken is not mended in place"
    assert "火星区" in text(page, "row-3")


def test_confirmed_by_itself_the_receipt_names_nobody(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1)], confirm="auto")["id"]
    receipt = text(browse(partner.clerk).get(f"/submissions/{number}/").content.decode(), "state")
    assert "by itself, as chosen at the upload" in receipt
    assert receipt.count(partner.clerk.username) == 1


def test_an_officer_confirms_on_the_partners_behalf(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1)])["id"]
    officer = OfficerFactory()
    browse(officer).post(f"/submissions/{number}/confirm/")
    partner.run_jobs()
    assert officer.username in text(browse(partner.clerk).get(f"/submissions/{number}/").content.decode(), "state")


def test_cancelled_it_says_what_to_do(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1)])["id"]
    client = browse(partner.clerk)
    page = client.post(f"/submissions/{number}/cancel/", follow=True).content.decode()
    assert f"Submission {number} is cancelled. Nothing of it was taken." in text(page)
    assert f"/submissions/new/?period={partner.period.code}" in page
    page = client.post(f"/submissions/{number}/confirm/", follow=True).content.decode()
    assert "cannot be confirmed" in text(page)


def test_failed_it_says_whose_fault_it_was(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1)])["id"]
    with scope.everything():
        Submission.objects.filter(pk=number).update(status="checking")
        services.fail(submission_id=number, error="RuntimeError: it broke")
    page = text(browse(partner.clerk).get(f"/submissions/{number}/").content.decode())
    assert "A fault on our side, not in your file." in page
    assert "it broke" not in page
    assert "it broke" in text(browse(OfficerFactory()).get(f"/submissions/{number}/").content.decode())


def test_findings_are_filtered_paged_and_downloaded_with_numbers_masked(partner: Partner, browse: Browse) -> None:
    rows = [partner.row(n, district="火星区") for n in range(40)] + [partner.row(60, id_number="520102198001010011")]
    number = partner.send(rows)["id"]
    client = browse(partner.clerk)
    address = f"/submissions/{number}/"
    page = client.get(address).content.decode()
    assert page.count('id="mend-') == 30
    (more,) = re.findall(r'rel="next" href="(\?cursor=[^"]+)"', page)
    page = client.get(address + more.replace("&amp;", "&")).content.decode()
    assert page.count('id="mend-') == 11
    page = client.get(f"{address}?rule=E04").content.decode()
    assert re.findall(r'id="mend-(\d+)"', page) == ["42"]
    assert re.findall(r'id="mend-(\d+)"', client.get(f"{address}?row=7").content.decode()) == ["7"]
    lines = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{address}?format=csv")).decode("utf-8-sig"))))
    assert len(lines) == 41
    assert lines[-1]["Value"] == "520*************11"
    assert "520102198001010011" not in page


def test_managers_see_what_was_found_and_nobodys_values(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1, district="火星区")])["id"]
    page = browse(ManagerFactory()).get(f"/submissions/{number}/").content.decode()
    assert "Not in the code table" in page
    assert "火星区" not in page
    assert "Cancel submission" not in page
    assert "It waits for its partner to confirm." in page


def test_a_reader_is_offered_nothing(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1), partner.row(2, district="火星区")])["id"]
    page = browse(PartnerFactory(organisation=partner.organisation, read_only=True)).get(f"/submissions/{number}/")
    shown = page.content.decode()
    assert "火星区" in shown
    for offer in ("/confirm/", "/cancel/", "/rows/", "report.xlsx", "/submissions/new/"):
        assert offer not in shown, offer


def test_both_files_are_the_apis(partner: Partner, browse: Browse) -> None:
    import openpyxl

    number = partner.send([partner.row(1), partner.row(2, district="火星区")])["id"]
    client = browse(partner.clerk)
    for path in ("template.csv", "template.xlsx", f"submissions/{number}/report.xlsx"):
        page, api = client.get(f"/{path}"), partner.api.get(API + path)
        assert page["Content-Type"] == api["Content-Type"]
        assert page["Content-Disposition"] == api["Content-Disposition"]
        assert "no-store" in page["Cache-Control"]
        if path.endswith(".csv"):
            assert page.content == api.content
        else:
            ours, theirs = (openpyxl.load_workbook(io.BytesIO(one.content)).worksheets[0] for one in (page, api))
            assert list(ours.values) == list(theirs.values)
    refused = partner.api.post(f"{API}submissions/", {"file": io.BytesIO(b"%PDF-1.4"), "period": partner.period.code})
    partner.run_jobs()
    assert client.get(f"/submissions/{refused.json()['id']}/report.xlsx").status_code == 404


def test_more_findings_take_no_more_queries(partner: Partner, browse: Browse) -> None:
    few = partner.send([partner.row(1, district="火星区")])["id"]
    many = partner.send([partner.row(n, district="火星区", name="") for n in range(20)])["id"]
    client = browse(partner.clerk)
    client.get("/")
    counted = []
    for number in (few, many):
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/submissions/{number}/")
        counted.append(len(seen))
    assert counted[0] == counted[1]
