"""An administrator sets up an organisation and its user, an officer a programme and its periods; the trail tells."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.catalogue.models import Cohort
from programs.periods.models import Period
from tests.browser.conftest import Visitor
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory

PASSWORD = "Accept-7391-kit!"
PAGES = ("/", "/organisations/", "/organisations/new/", "/users/", "/users/new/", "/audit/", "/suppressed/")


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names; dots stand for hyphens."""
    for name, value in values.items():
        field = page.locator(f"main [name={name.replace('__', '-')}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_an_organisation_and_its_user(server: str, visit: Callable[..., Visitor]) -> None:
    admin = visit(AdminFactory())
    page = admin.page
    admin.in_both_lights()
    page.get_by_role("main").get_by_role("link", name="新建单位").click()
    fill(page, code="GZMU", name_zh="贵州民族大学", school_code="1067")
    fill(page, contacts__0__name="王芳", contacts__0__role="submitter", contacts__0__email="wang@example.com")
    page.get_by_role("button", name="添加联系人").click()
    expect(page.locator("[name=contacts-1-name]")).to_be_focused()
    fill(page, contacts__1__name="李雷", contacts__1__role="leader", contacts__1__email="li@example.com")
    page.get_by_role("button", name="添加联系人").click()
    fill(page, contacts__2__name="多余")
    page.get_by_role("button", name="删除该联系人").nth(2).click()
    expect(page.locator("[name=contacts-2-name]")).to_be_hidden()
    admin.in_both_lights()
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_text("院校代码为五位数字")).to_be_visible()
    expect(page.locator("[name=contacts-1-name]")).to_have_value("李雷")
    fill(page, school_code="10672")
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("status")).to_contain_text("已创建单位 GZMU")
    assert [one["name"] for one in Organisation.objects.get(code="GZMU").contacts] == ["王芳", "李雷"]
    admin.in_both_lights()
    page.get_by_role("link", name="新建用户").click()
    expect(page.locator("[name=organisation]")).to_have_value("GZMU")
    fill(page, username="gzmu", password="1234567890", email="gzmu@example.com")
    page.get_by_role("button", name="创建用户").click()
    expect(page.locator("#id_password_error")).to_be_visible()
    admin.in_both_lights()
    fill(page, password=PASSWORD)
    page.get_by_role("button", name="创建用户").click()
    expect(page.get_by_role("status")).to_contain_text("已创建用户 gzmu")

    clerk = visit()
    signing_in(clerk)
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("工作台")

    fill_unticked(page, "is_active")
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("status")).to_contain_text("已停用用户 gzmu")
    admin.in_both_lights()
    clerk.go("/account/")
    expect(clerk.page).to_have_url(f"{server}/sign-in/?next=/account/")
    signing_in(clerk)
    expect(clerk.page.get_by_role("alert")).to_be_visible()

    page.get_by_role("link", name="该账号的变更记录").click()
    rows = page.locator("#rows tbody tr")
    expect(rows.filter(has_text="修改用户")).to_have_count(1)
    expect(rows.filter(has_text="登录失败")).to_have_count(1)
    rows.filter(has_text="修改用户").get_by_text("详情").click()
    expect(page.get_by_text("是 → 否")).to_be_visible()
    admin.in_both_lights()
    admin.picture("admin-audit-zh")


def signing_in(visitor: Visitor) -> None:
    page = visitor.go("/sign-in/")
    fill(page, username="gzmu", password=PASSWORD)
    page.locator("button.btn-primary").click()


def fill_unticked(page: Page, name: str) -> None:
    page.locator(f"main [name={name}]").uncheck()


def test_a_programme_a_cohort_and_periods(server: str, visit: Callable[..., Visitor]) -> None:
    university = OrganisationFactory(code="GZU", name_zh="贵州大学", name_en="Guizhou University")
    user = OfficerFactory()
    officer = visit(user)
    page = officer.page
    page.get_by_role("button", name="培训", exact=True).click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="项目", exact=True).click()
    expect(page.get_by_text("尚无项目")).to_be_visible()
    officer.in_both_lights()
    page.get_by_role("link", name="新建项目").click()
    fill(page, code="BD-2031", name_zh="大数据实训", starts_on="2031-01-01", ends_on="2031-12-31", capacity="600")
    page.get_by_label("贵州大学 · GZU").check()
    officer.in_both_lights()
    page.get_by_role("button", name="创建项目").click()
    expect(page.get_by_role("status")).to_contain_text("已新建项目 BD-2031")
    page.get_by_role("link", name="新建班次").click()
    fill(page, code="BD-2031-1", organisation="GZU", ends_on="2032-01-31", capacity="40")
    page.get_by_role("button", name="创建班次").click()
    expect(page.locator("#id_ends_on_error")).to_contain_text("超出项目")
    fill(page, ends_on="2031-06-30")
    officer.in_both_lights()
    page.get_by_role("button", name="创建班次").click()
    expect(page.get_by_role("status")).to_contain_text("已新建班次 BD-2031-1")
    officer.in_both_lights()
    with scope.everything():
        assert Cohort.objects.get(code="BD-2031-1").organisation == university

    officer.go("/periods/")
    officer.in_both_lights()
    for said in ("已新建 4 个报告期", "没有新增：4 个报告期已存在"):
        page.get_by_role("main").get_by_role("link", name="批量生成报告期").click()
        fill(page, frequency="quarter", first="2031-01-01", last="2031-12-31")
        page.get_by_role("button", name="生成报告期").click()
        expect(page.locator("#messages")).to_contain_text(said)
    expect(page.locator("#messages")).to_contain_text("截止日为暂定")
    expect(page.locator("#rows tbody tr")).to_have_count(4)
    officer.in_both_lights()
    page.get_by_role("link", name="2031-Q1").click()
    expect(page.get_by_text("截止日为暂定")).to_be_visible()
    page.locator("#reason").fill("一季度结账")
    officer.in_both_lights()
    page.get_by_role("button", name="锁定报告期").click()
    expect(page.get_by_role("status").filter(has_text="已锁定")).to_be_visible()
    assert Period.objects.get(code="2031-Q1").locked_at is not None
    officer.in_both_lights()
    officer.go("/periods/")
    page.get_by_role("combobox", name="状态").select_option("true")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile("locked=true"))

    admin = visit(AdminFactory())
    trail = admin.go(f"/audit/?actor={user.username}")
    rows = trail.locator("#rows tbody tr")
    expect(rows.filter(has_text="锁定报告期")).to_contain_text("理由：一季度结账")
    expect(rows.filter(has_text="批量生成报告期")).to_contain_text("4 个报告期")
    for action in ("新建项目", "新建班次"):
        expect(rows.filter(has_text=action)).to_have_count(1)
    trail.get_by_role("combobox", name="操作", exact=True).select_option("cohort.create")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="BD-2031-1").click()
    expect(trail.get_by_role("heading", level=1)).to_have_text("BD-2031-1")


def test_in_english(server: str, visit: Callable[..., Visitor]) -> None:
    clerk = PartnerFactory(organisation=OrganisationFactory(code="GZU", name_en="Guizhou University"))
    ProgrammeFactory(code="BD", organisations=[clerk.organisation])
    admin = visit(AdminFactory(), "en")
    page = admin.page
    expect(page.get_by_text("1 organisation without a contact’s address")).to_be_visible()
    for path in PAGES:
        admin.go(path)
        admin.in_both_lights()
    admin.go("/organisations/?search=guizhou")
    page.get_by_role("link", name="Guizhou University").click()
    page.get_by_role("link", name=clerk.username).click()
    page.get_by_label("New password").fill("Better-7391-kit")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_role("status")).to_contain_text(f"The changes of {clerk.username} are saved.")
    assert User.objects.get(pk=clerk.pk).check_password("Better-7391-kit")

    officer = visit(OfficerFactory(), "en", 390)
    for path in ("/organisations/", "/organisations/GZU/", "/programmes/", "/programmes/BD/", "/cohorts/", "/periods/"):
        officer.go(path)
        officer.in_both_lights()
    officer.go("/organisations/BUREAU/")
    expect(officer.page.get_by_text("changed by an administrator")).to_be_visible()
    officer.page.get_by_role("button", name="Menu").click()
    officer.page.get_by_role("button", name="Set-up").click()
    officer.page.get_by_role("navigation", name="Main").get_by_role("link", name="Periods").click()
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Periods")
