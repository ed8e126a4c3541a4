"""Mending a row in place, by the page."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from backend.accounts import scope
from programs.intake import sheets
from programs.submissions.models import Mend, Submission
from tests.factories import OfficerFactory
from tests.support.partner import Partner

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]
WRONG = "520102198001010011"


def inputs(page: str) -> dict[str, str]:
    """The text fields of a form with what stands in them, and the selects with what is chosen."""
    found = {}
    for tag in re.findall(r'<input type="text"[^>]*>', page):
        found[re.findall(r'name="([^"]+)"', tag)[0]] = "".join(re.findall(r'value="([^"]*)"', tag))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = "".join(re.findall(r'<option value="([^"]*)" selected', options))
    return found


def held(number: int, row: int) -> dict[str, str | None]:
    """What a row holds now."""
    with scope.everything():
        frame = sheets.mended(Submission.objects.select_related("sheet").get(pk=number)).frame
        return next(one for one in frame.iter_rows(named=True) if one["row"] == row)


def test_the_form_holds_what_is_there_and_no_number_in_the_clear(partner: Partner, browse: Browse) -> None:
    rows = [partner.row(1, district="火星区", id_number=WRONG, mobile="13800001234", email="zhang@example.com")]
    number = partner.send(rows)["id"]
    page = browse(partner.clerk).get(f"/submissions/{number}/rows/2/").content.decode()
    named, others = page.split('<details class="mb-3"')
    assert set(inputs(named)) == {"id_number", "district"}
    assert inputs(named)["district"] == "火星区"
    assert "火星区 (not in the list)" in named
    assert "南明区" in named or "Nanming" in named
    assert inputs(named)["id_number"] == ""
    assert "Now: 520*************11. Leave empty to keep it." in named
    assert inputs(others)["name"] == rows[0]["name"]
    assert inputs(others)["programme"] == partner.programme.code
    assert inputs(others)["path"] == "trained"
    assert inputs(others)["mobile"] == inputs(others)["email"] == ""
    for secret in (WRONG, "13800001234", "zhang@example.com"):
        assert secret not in page, secret


def test_a_number_that_strayed_into_another_cell_is_not_shown_either(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1, name="", remarks=WRONG, gender=WRONG)])["id"]
    page = browse(partner.clerk).get(f"/submissions/{number}/rows/2/").content.decode()
    assert WRONG not in page
    assert "520" in page
    client = browse(partner.clerk)
    client.post(f"/submissions/{number}/rows/2/", {"name": "张三", "remarks": "", "gender": "", "clear-gender": "on"})
    row = held(number, 2)
    assert (row["name"], row["remarks"], row["gender"]) == ("张三", WRONG, None)


def test_an_officer_sees_the_cells_that_findings_name_alone(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1, district="火星区")])["id"]
    page = browse(OfficerFactory()).get(f"/submissions/{number}/rows/2/").content.decode()
    assert set(inputs(page)) == {"district"}
    answer = browse(OfficerFactory()).post(f"/submissions/{number}/rows/2/", {"district": "520103"})
    assert answer.status_code == 303
    assert partner.found(number) == set()


def test_what_was_left_alone_is_not_sent_on(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1, district="火星区")])["id"]
    client = browse(partner.clerk)
    entries = inputs(client.get(f"/submissions/{number}/rows/2/").content.decode())
    answer = client.post(f"/submissions/{number}/rows/2/", entries | {"district": "520103"})
    assert answer.status_code == 303
    assert answer["Location"] == f"/submissions/{number}/#findings"
    with scope.everything():
        assert list(Mend.objects.values_list("row", "column")) == [(2, "district")]
    answer = client.post(f"/submissions/{number}/rows/2/", entries | {"district": "520103"})
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()


def test_in_place_the_page_goes_on_at_the_next_row(partner: Partner, browse: Browse) -> None:
    rows = [partner.row(n, district="火星区") for n in range(3)] + [partner.row(7, name="", id_number=WRONG)]
    number = partner.send(rows)["id"]
    client = browse(partner.clerk, part=True)

    def focus(page: str) -> list[str]:
        return re.findall(r'id="(\w[\w-]*)"[^>]*autofocus', page)

    def told(page: str) -> str:
        return re.findall(r'id="told"[^>]*>([^<]*)<', page)[0]

    page = client.post(f"/submissions/{number}/rows/3/?rule=E02", {"district": "520103"}).content.decode()
    assert told(page) == "Row 3 is in order now. 3 rows need mending."
    assert focus(page) == ["mend-4"]
    assert re.findall(r'id="mend-(\d+)"', page) == ["2", "4"], "its list is filtered as it was"
    assert f'hx-get="/submissions/{number}/"' in page, "the page's filters lead to the page"
    page = client.post(f"/submissions/{number}/rows/5/", {"name": "张三"}).content.decode()
    assert told(page) == "Row 5: 1 finding is left. 3 rows need mending."
    assert focus(page) == ["mend-5"], "what is left in the row comes before the next one"
    page = client.post(f"/submissions/{number}/rows/5/", {"id_number": partner.row(8)["id_number"]}).content.decode()
    assert focus(page) == ["findings"], "nothing comes after it"
    for row in (2, 4):
        page = client.post(f"/submissions/{number}/rows/{row}/", {"district": "520103"}).content.decode()
    assert focus(page) == ["confirm"]
    assert "Take 4 rows" in page


def test_what_is_refused_is_said_in_the_form(partner: Partner, browse: Browse) -> None:
    number = partner.send([partner.row(1, name="")])["id"]
    client = browse(partner.clerk, part=True)
    answer = client.post(f"/submissions/{number}/rows/2/", {"name": "长" * 2001})
    assert answer.status_code == 400
    assert answer["HX-Retarget"] == "#form-2"
    assert "This value is too long or unreadable." in answer.content.decode()
    assert client.get(f"/submissions/{number}/rows/99/").status_code == 404
    partner.confirm(partner.send([partner.row(5)])["id"])
    assert client.get(f"/submissions/{number}/rows/2/").status_code == 200
    partner.api.post(f"/api/v1/submissions/{number}/cancel/")
    answer = client.get(f"/submissions/{number}/rows/2/")
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#messages", "the page stays, and the refusal stands above it"


def test_choices_are_the_organisations_own(partner: Partner, browse: Browse) -> None:
    other = Partner(partner.run_jobs)
    number = partner.send([partner.row(1, cohort="NONE", programme="NONE")])["id"]
    for user in (partner.clerk, OfficerFactory()):
        page = browse(user).get(f"/submissions/{number}/rows/2/").content.decode()
        assert f'value="{partner.cohort.code}"' in page
        assert other.cohort.code not in page
        assert other.programme.code not in page
