"""Setting up a webhook and reading the inbox in front of the screen, with a real worker that really posts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from backend.accounts import scope
from backend.messages.endpoints import events
from tests.backend.messages.places import endpoint, posted, verifies
from tests.browser.conftest import Visitor
from tests.factories import AdminFactory, BureauFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.receivers import Receiver, Says, receiving

Visit = Callable[..., Visitor]
PATIENCE = 20_000


@pytest.fixture
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server of the partner's, which the site and its worker may reach."""
    settings.OUTBOUND_LOOPBACK = True
    monkeypatch.setenv("OUTBOUND_LOOPBACK", "1")
    with receiving(lambda _got: Says(202, "已收到".encode())) as one:
        yield one


def looked_at(visitor: Visitor, name: str) -> None:
    """Whether everybody can use the page; a picture of it is kept."""
    visitor.accessible()
    visitor.picture(name)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_partner_sets_up_a_webhook_tries_it_and_reads_its_inbox(
    language: str, receiver: Receiver, site: str, visit: Visit
) -> None:
    clerk = PartnerFactory(
        organisation=OrganisationFactory(name_zh="贵州大学", name_en="Guizhou University"), language=language
    )
    posted(
        clerk, "k1", subject="2019 年第一季度填报提醒", text="请于 7 月 15 日前填报。\nhttp://127.0.0.1/submissions/"
    )
    posted(clerk, "k2", subject="有一条记录被退回", text="请补充材料。")
    visitor = visit(clerk, language)
    page = visitor.go("/endpoints/")
    looked_at(visitor, f"endpoints-none-{language}")
    page.click("a[href='/endpoints/new/']")
    page.fill("[name=name]", "教务系统")
    page.fill("[name=address]", "https://10.0.0.1/")
    page.click("form.card button.btn-primary")
    expect(page.locator("#id_address_error")).to_be_visible()
    looked_at(visitor, f"endpoint-wrong-{language}")
    page.fill("[name=address]", f"{receiver.url}/hook?token=0123456789")
    page.check("input[name=events][value='submission.committed']")
    page.click("form.card button.btn-primary")
    secret = page.locator("#secret").inner_text()
    looked_at(visitor, f"endpoint-secret-{language}")
    page.click("a.btn-primary[href^='/endpoints/']")
    page.click("form[action$='/test/'] button")
    expect(page.locator(".alert-success")).to_be_visible()
    for _attempt in range(40):
        if "202 已收到" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text("202 已收到")).to_be_visible()
    looked_at(visitor, f"endpoint-{language}")
    assert verifies(receiver.got[0], secret)
    visitor.go("/deliveries/")
    looked_at(visitor, f"deliveries-{language}")
    page.locator("#rows a", has_text="test").click()
    looked_at(visitor, f"delivery-{language}")
    page.locator("a.head-counter").click()
    expect(page.locator(".head-counter .badge")).to_contain_text("2")
    # To open it is to have read it; it can be put back.
    page.locator(".inbox summary").first.click()
    expect(page.locator(".head-counter .badge")).to_contain_text("1")
    expect(page.locator(".inbox summary .badge:visible")).to_have_count(1)
    looked_at(visitor, f"inbox-{language}")
    page.locator(".inbox form button").first.click()
    expect(page.locator(".head-counter .badge")).to_contain_text("2")
    page.locator("form[action$='/inbox/read/'] button").click()
    expect(page.locator(".head-counter .badge")).to_have_count(0)


def test_an_administrator_sees_all_endpoints_on_a_narrow_screen_too(
    receiver: Receiver, site: str, visit: Visit
) -> None:
    partner, admin = OrganisationFactory(name_zh="贵州财经大学"), AdminFactory(language="zh-hans")
    endpoint("webhook", receiver.url, organisation=partner, events=["submission.committed"], name="教务系统")
    for kind, name in (("dingtalk", "人才处群"), ("wecom", "高校联络群"), ("feishu", "企业群")):
        endpoint(kind, receiver.url, organisation=BureauFactory(), name=name)
    with scope.everything():
        events.publish(event="submission.committed", occasion="1", organisation_id=partner.pk, data={"submission": 1})
    visitor = visit(admin, "zh-hans")
    visitor.go("/endpoints/")
    looked_at(visitor, "endpoints-admin")
    visitor.go("/endpoints/new/")
    looked_at(visitor, "endpoint-new-admin")
    narrow = visit(OfficerFactory(language="zh-hans"), "zh-hans", 390)
    page = narrow.go("/deliveries/")
    expect(page.get_by_text("教务系统")).to_be_visible()
    looked_at(narrow, "deliveries-narrow")
    narrow.go("/inbox/")
    looked_at(narrow, "inbox-narrow")
