"""A certificate in front of the screen: a partner shows it, an officer judges it; and a plan tried and applied."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.accounts import scope
from programs.targets.planfile import FOLDER
from talent.credentials.models import Credential
from tests.browser.conftest import Visitor
from tests.browser.test_officer_desk import PATIENCE, accessible, settled
from tests.factories import AdminFactory, OfficerFactory
from tests.support.http import Caller
from tests.support.partner import Partner
from tests.support.scans import jpeg
from tests.talent.credentials.test_examining import MASTER, SENIOR

Visit = Callable[..., Visitor]
MOMENT = PATIENCE * 1000


@pytest.fixture(autouse=True)
def callers(server: str, settings: object) -> None:
    """The API's own callers get in beside the browsers."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]  # type: ignore[attr-defined]


@pytest.fixture
def partner(site: str) -> Partner:
    """A university with one verified master, who is a senior engineer too."""
    partner = Partner(settled)
    partner.report([partner.row(1, **MASTER, **SENIOR)])
    partner.decide("verify")
    return partner


def test_a_certificate_is_shown_and_found_false(visit: Visit, partner: Partner, tmp_path: Path) -> None:
    scan = tmp_path / "证书.jpg"
    scan.write_bytes(jpeg((900, 640), "ivory"))
    wrong = tmp_path / "证书.pdf"
    wrong.write_bytes(b"<html>")
    with scope.everything():
        education = Credential.objects.get(kind="education")
    clerk = visit(partner.clerk)
    page = clerk.go("/credentials/")
    accessible(clerk)
    page.get_by_role("row", name="硕士研究生毕业").get_by_role("link").click()
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_text("不是 PDF、JPEG 或 PNG")).to_be_visible()
    page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_role("img", name="硕士研究生毕业")).to_be_visible(timeout=MOMENT)
    accessible(clerk)
    clerk.picture("credential-clerk-zh")

    officer = visit(OfficerFactory(), language="en")
    seen = officer.go("/")
    seen.get_by_role("link", name="Credentials with files await a verdict").click()
    accessible(officer)
    seen.get_by_role("row", name="Master").get_by_role("link").click()
    seen.get_by_role("button", name="Found false").click()
    expect(seen.get_by_text("Say why; the partner reads it.")).to_be_visible()
    seen.get_by_label("Reason").fill("学信网查无此证")
    seen.get_by_role("button", name="Found false").click()
    expect(seen.get_by_text("who counted by it is settled anew")).to_be_visible()
    expect(seen.get_by_role("button", name="Take the verdict back")).to_be_visible()
    accessible(officer)
    officer.picture("credential-officer-en")
    settled()
    api = Caller(OfficerFactory())
    assert [row["basis"] for row in api.get("targets/high-end/people/").json()["results"]] == ["title"]

    # On the record and in the person's story it can be read as well.
    seen = officer.go(f"/records/{education.record_id}/")
    expect(seen.get_by_text("学信网查无此证")).to_be_visible()
    accessible(officer)
    officer.picture("record-credentials-en")
    seen = officer.go(f"/people/{education.person_id}/")
    expect(seen.get_by_text("to be false")).to_be_visible()
    accessible(officer)

    # Ticked, with the reason on a page of its own.
    seen = officer.go("/credentials/?state=refuted")
    seen.get_by_label("Tick credential").check()
    seen.get_by_role("button", name="Take the verdict back").click()
    seen.get_by_label("Reason").fill("学信网更正")
    accessible(officer)
    seen.get_by_role("button", name="Take the verdict back").click()
    expect(seen.get_by_role("status")).to_contain_text("1 credential")
    accessible(officer)
    with scope.everything():
        assert Credential.objects.get(pk=education.pk).state == "evidenced"


def test_a_plan_is_tried_and_applied(visit: Visit, partner: Partner) -> None:
    text = (FOLDER / "digital-valley-2020.toml").read_text("utf-8")
    admin = visit(AdminFactory())
    page = admin.go("/plans/")
    accessible(admin)
    page.get_by_role("link", name="修改并试算").click()
    accessible(admin)
    page.get_by_label("或文件内容").fill(text.replace("goal = 5_000", "goal = 0"))
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("alert")).to_contain_text("targets[1].goal 须为 1 至 10 亿")
    accessible(admin)
    page.get_by_label("或文件内容").fill(text.replace('evidence = "claimed"', 'evidence = "evidenced"'))
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("cell", name="要求的证明程度").first).to_be_visible(timeout=MOMENT)
    expect(page.get_by_role("heading", name="施行")).to_be_visible()
    accessible(admin)
    admin.picture("plan-preview-zh")
    page.get_by_label("理由").fill("市人社局通知")
    page.get_by_label("我已查看").check()
    page.get_by_role("button", name="施行该计划").click()
    expect(page.get_by_text("计划已生效")).to_be_visible()
    accessible(admin)
    settled()
    assert Caller(OfficerFactory()).get("targets/high-end/").json()["achieved"] == 0
