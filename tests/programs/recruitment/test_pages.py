"""The pages of recruitment: what they show to whom, and what is done on them."""

import io
from typing import Any

from django.test import Client

from programs.recruitment.models import Candidate, Document, Move, Position
from tests.factories import ManagerFactory
from tests.programs.recruitment.world import World, done
from tests.support.browsing import faults, signed_in, words
from tests.support.partner import number
from tests.support.scans import pdf


def clerk_of(world: World) -> Client:
    return signed_in(world.user)


def test_a_position_is_registered_changed_and_closed_on_its_page(world: World) -> None:
    clerk = clerk_of(world)
    form = {
        "ref": "P1",
        "title": "数据工程师",
        "occupation": "2-02-38-03",
        "level": "senior",
        "wanted": "2",
        "opened_on": world.ago(5),
        "open_until": world.ago(-30),
    }
    refused = clerk.post("/positions/new/", form | {"open_until": world.ago(6)})
    assert refused.status_code == 400
    assert "before the day of opening" in words(refused)
    address = clerk.post("/positions/new/", form)["Location"]
    assert Position.objects.get().wanted == 2
    assert clerk.post(address, form | {"wanted": "4"}).status_code == 303
    said = words(clerk.get(address))
    assert "of 4 people wanted have arrived" in said
    clerk.post(f"{address}close/", {"reason": "编制收回"})
    assert "编制收回" in words(clerk.get(address))
    listed = words(signed_in(ManagerFactory()).get("/positions/"))
    assert "数据工程师" in listed
    assert "0 / 4" in listed


def test_a_candidate_is_entered_changed_and_moved_on_the_pages(world: World) -> None:
    clerk = clerk_of(world)
    position = world.position()
    form = {
        "name": "李乙",
        "source": "fair",
        "id_type": "111",
        "id_number": number(1),
        "mobile": "13900000001",
        "campaign": world.campaign.code,
        "position": str(position["id"]),
        "stage": "applied",
        "day": world.ago(20),
    }
    refused = clerk.post("/candidates/new/", form | {"id_number": number(1)[:-1] + "A"})
    assert refused.status_code == 400
    assert faults(refused)
    address = clerk.post("/candidates/new/", form)["Location"]
    page = clerk.get(address)
    assert "李乙" in words(page)
    assert number(1) not in page.content.decode()
    edit = clerk.get(f"{address}edit/").content.decode()
    assert number(1) not in edit
    assert "13900000001" not in edit
    kept = {"source": "referral", "id_type": "111", "campaign": world.campaign.code, "notes": "约周五"}
    assert clerk.post(f"{address}edit/", kept).status_code == 303
    row = Candidate.objects.get()
    assert (row.source, row.position, row.masked_mobile) == ("referral", None, "139******01")
    assert clerk.post(f"{address}edit/", kept | {"remove": ["mobile"]}).status_code == 303
    row.refresh_from_db()
    assert row.masked_mobile == ""
    move = {"to": "interview", "day": world.ago(1), "expected": "applied"}
    clerk.post(f"{address}move/", move)
    said = words(clerk.get(address))
    assert "Application → Interview" in said
    clerk.post(f"{address}move/", move)
    assert "was moved meanwhile" in words(clerk.get(address))
    revealed = clerk.post(f"{address}reveal/", {"reason": "约面试"})
    assert number(1) in words(revealed)
    assert Move.objects.count() == 2


def test_an_arrival_is_reported_with_its_evidence_which_officers_see_on_the_record(world: World) -> None:
    clerk, officer = clerk_of(world), signed_in(world.official)
    id = world.candidate(1)["id"]
    address = f"/candidates/{id}/"
    arrival = {
        "day": world.ago(3),
        "employer": world.own.name_zh,
        "employer_uscc": world.own.uscc,
        "expected": "sourced",
    }
    clerk.post(f"{address}arrive/", arrival)
    assert "File evidence of the post first" in words(clerk.get(address))
    file = io.BytesIO(pdf())
    file.name = "contract.pdf"
    clerk.post(f"{address}documents/", {"kind": "post_evidence", "file": file})
    clerk.post(f"{address}arrive/", arrival)
    assert "Being taken in" in words(clerk.get(address))
    world.run_jobs()
    said = words(clerk.get(address))
    assert "On the books" in said
    record = world.seen(id)["record"]
    page = officer.get(f"/records/{record}/")
    document = Document.objects.get()
    assert f"/candidates/{id}/documents/{document.pk}/file/" in page.content.decode()
    assert officer.get(f"/candidates/{id}/documents/{document.pk}/file/").status_code == 200
    manager = signed_in(ManagerFactory()).get(f"/records/{record}/").content.decode()
    assert "/documents/" not in manager


def test_a_refused_report_says_why_and_what_to_do(world: World) -> None:
    id = world.candidate(1, education="14")["id"]
    done(world.file(id), 202)
    done(world.arrive(id), 202)
    world.run_jobs()
    said = words(clerk_of(world).get(f"/candidates/{id}/"))
    for text in ("Refused by the checks", "Graduated on", "Report the arrival again"):
        assert text in said, text


def test_the_board_shows_each_stage_and_more_when_it_is_asked(world: World) -> None:
    clerk = clerk_of(world)
    for n in range(14):
        world.candidate(n)
    done(world.move(Candidate.objects.order_by("pk")[0].pk, "offer"))
    page = clerk.get("/candidates/board/")
    assert page.content.decode().count('class="card board-card"') == 13
    assert "1 more" in words(page)
    more = clerk.get("/candidates/board/?more=sourced&cards=24", headers={"HX-Request": "true"})
    assert more.content.decode().count('class="card board-card"') == 14
    narrow = clerk.get("/candidates/board/", {"campaign": "NONE"})
    assert 'board-card"' not in narrow.content.decode()
    assert clerk.get("/candidates/board/", {"no_such": "1"}).status_code == 400
    one = Candidate.objects.order_by("-pk")[0]
    moved = clerk.post(
        f"/candidates/{one.pk}/move/",
        {"to": "applied", "day": world.ago(0), "expected": "sourced", "next": "/candidates/board/"},
        headers={"HX-Request": "true"},
    )
    assert (moved.status_code, moved["Location"]) == (303, "/candidates/board/")


def test_many_are_moved_by_the_list_and_the_others_listed(world: World) -> None:
    clerk = clerk_of(world)
    ids = [world.candidate(n)["id"] for n in range(3)]
    done(world.move(ids[0], "interview"))
    asked = clerk.get("/candidates/move/", {"ids": ids})
    assert "3 candidates" in words(asked)
    body = {"ids": ids, "to": "applied", "day": world.ago(0)}
    said = words(clerk.post("/candidates/move/", body))
    assert "2 candidates were moved" in said
    assert "This move needs a reason" in said
    body = {"query": f"campaign={world.campaign.code}&stage=applied", "to": "screened", "day": world.ago(0)}
    assert clerk.post("/candidates/move/", body).status_code == 303
    assert Candidate.objects.filter(stage="screened").count() == 2
    assert clerk.post("/candidates/move/", {"to": "applied", "day": world.ago(0)}).status_code == 400


def test_managers_see_figures_and_nobodys_name(world: World) -> None:
    world.position()
    for n in range(3):
        world.candidate(n)
    manager = signed_in(ManagerFactory())
    for path in ("/recruitment/", "/recruitment/funnel/?by=source", "/recruitment/times/", "/recruitment/demand/"):
        page = manager.get(path)
        assert page.status_code == 200, path
        assert "李" not in words(page), path
    said = words(manager.get("/recruitment/"))
    assert "Job fair" in said
    sheet: Any = manager.get("/recruitment/funnel/", {"by": "source", "format": "csv"})
    assert b"Job fair" in b"".join(sheet.streaming_content)
    assert manager.get("/candidates/").status_code == 403
    for wrong in ("by=colour", "as_of=soon", "no_such=1"):
        assert manager.get(f"/recruitment/funnel/?{wrong}").status_code == 400, wrong


def test_a_campaigns_page_has_its_funnel_and_officers_describe_it(world: World) -> None:
    officer = signed_in(world.official)
    form = {
        "programme": world.campaign.code,
        "kind": "overseas_call",
        "place": "深圳",
        "starts_on": world.ago(10),
        "ends_on": world.ago(8),
    }
    address = officer.post("/campaigns/new/", form)["Location"]
    world.candidate(1)
    said = words(clerk_of(world).get(address))
    for text in ("Overseas call", "深圳", "Funnel of the campaign", "By source"):
        assert text in said, text
    refused = officer.post(address, form | {"ends_on": world.ago(11)})
    assert refused.status_code == 400
