"""Setting up endpoints, by page and by API: who may, what is refused, and a secret that is shown once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.messages.endpoints.models import Endpoint
from backend.messages.endpoints.secrets import opened
from tests.backend.messages.places import endpoint, verifies
from tests.backend.messages.test_inbox import api
from tests.factories import AdminFactory, BureauFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import faults, signed_in, words
from tests.support.receivers import receiving

pytestmark = pytest.mark.usefixtures("db")
ADDRESS = "https://hooks.example.org/in?token=abcdef"
EVENT = "submission.committed"
WEBHOOK = {"kind": "webhook", "name": "本校", "address": ADDRESS, "events": [EVENT]}
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"


@pytest.fixture(autouse=True)
def bureau(db: None) -> Any:
    return BureauFactory()


def create(user: Any, **body: Any) -> Any:
    return api(user).post("/api/v1/endpoints/", {**WEBHOOK, **body}, format="json")


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.content
    return {error["field"] for error in answer.json()["errors"]}


def test_a_partner_sets_up_a_webhook_and_sees_its_secret_once() -> None:
    clerk = PartnerFactory()
    made = create(clerk)
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert body["address"] == "https://hooks.example.org/in?…"
    assert (body["organisation"], body["active"], body["events"]) == (clerk.organisation.code, True, [EVENT])
    again = api(clerk).get(f"/api/v1/endpoints/{body['id']}/")
    assert body["secret"] not in again.content.decode() + api(clerk).get("/api/v1/endpoints/").content.decode()
    assert "secret" not in again.json()
    with scope.everything():
        row = Endpoint.objects.get(pk=body["id"])
        assert opened(row).address == ADDRESS
        assert opened(row).secrets == (body["secret"],)
        assert AuditEntry.objects.get(action="endpoint.create").detail["endpoint"] == "本校"


def test_a_partner_has_no_robots_and_nothing_of_anothers() -> None:
    clerk, theirs = PartnerFactory(), PartnerFactory()
    assert (
        create(clerk, kind="wecom", address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k").status_code == 403
    )
    assert fields(create(clerk, organisation=theirs.organisation.code)) == {"organisation"}
    number = create(theirs).json()["id"]
    for method, path in (("get", ""), ("patch", ""), ("post", "rotate/"), ("post", "test/")):
        assert getattr(api(clerk), method)(f"/api/v1/endpoints/{number}/{path}", {}, format="json").status_code == 404


def test_a_robot_of_a_partners_group_is_the_administrators_matter() -> None:
    clerk, admin = PartnerFactory(), AdminFactory()
    made = create(
        admin, kind="dingtalk", address=DINGTALK, secret="SEC000", events=[], organisation=clerk.organisation.code
    )
    assert (made.status_code, made.json()["secret"]) == (201, "")
    assert api(clerk).get("/api/v1/endpoints/").json()["results"] == []
    assert made.json()["address"] == "https://oapi.dingtalk.com/…"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"address": "http://hooks.example.org/"}, {"address"}),
        ({"address": "https://10.0.0.1/"}, {"address"}),
        ({"address": "https://hooks.example.org:25/"}, {"address"}),
        ({"name": " "}, {"name"}),
        ({"events": ["no.such"]}, {"events"}),
        ({"kind": "telegram"}, {"kind"}),
        ({"kind": "dingtalk", "address": DINGTALK, "events": []}, {"secret"}),
        ({"kind": "dingtalk", "address": "https://oapi.dingtalk.com/robot/send", "secret": "x"}, {"address"}),
        ({"kind": "wecom", "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}, {"address"}),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(body: dict[str, Any], wrong: set[str]) -> None:
    assert fields(create(AdminFactory(), **body)) == wrong


def test_a_name_is_given_once_by_an_owner() -> None:
    admin = AdminFactory()
    assert create(admin).status_code == 201
    again = create(admin)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "already_exists")
    assert create(PartnerFactory()).status_code == 201


def test_changes_keep_what_is_not_named() -> None:
    clerk = PartnerFactory()
    made = create(clerk).json()
    path = f"/api/v1/endpoints/{made['id']}/"
    changed = api(clerk).patch(path, {"name": "新名", "active": False}, format="json").json()
    assert (changed["name"], changed["active"], changed["events"]) == ("新名", False, [EVENT])
    assert fields(api(clerk).patch(path, {"address": "https://127.0.0.1/"}, format="json")) == {"address"}
    moved = api(clerk).patch(path, {"address": "https://new.example.org/x"}, format="json").json()
    assert moved["address"] == "https://new.example.org/x"
    with scope.everything():
        assert opened(Endpoint.objects.get(pk=made["id"])).secrets == (made["secret"],)
    refused = api(clerk).post(f"{path}test/", format="json")
    assert refused.status_code == 409, "it is switched off"


def test_rotation_over_http() -> None:
    clerk = PartnerFactory()
    made = create(clerk).json()
    path = f"/api/v1/endpoints/{made['id']}/rotate/"
    assert fields(api(clerk).post(path, {"hours": 1000}, format="json")) == {"hours"}
    new = api(clerk).post(path, {"hours": 1}, format="json").json()["secret"]
    with scope.everything():
        assert opened(Endpoint.objects.get(pk=made["id"])).secrets == (new, made["secret"])
    robot = create(AdminFactory(), kind="dingtalk", address=DINGTALK, secret="SEC000", events=[]).json()
    answer = api(AdminFactory()).post(f"/api/v1/endpoints/{robot['id']}/rotate/", {}, format="json")
    assert answer.status_code == 409


def test_a_test_message_is_sent_and_seen(settings: Any, run_jobs: Callable[[], int]) -> None:
    settings.OUTBOUND_LOOPBACK = True
    clerk = PartnerFactory()
    with receiving() as server:
        made = create(clerk, address=f"{server.url}/hook").json()
        browser = signed_in(clerk)
        assert browser.post(f"/endpoints/{made['id']}/test/").status_code == 303
        run_jobs()
        [got] = server.got
        assert verifies(got, made["secret"])
        said = words(browser.get(f"/endpoints/{made['id']}/"))
        assert "200 ok" in said
        listed = api(clerk).get("/api/v1/deliveries/").json()["results"]
        assert [(row["channel"], row["recipient"], row["state"], row["answer"]) for row in listed] == [
            ("webhook", "本校", "sent", "200 ok")
        ]


def test_tests_are_not_a_way_to_flood() -> None:
    clerk = PartnerFactory()
    made = create(clerk).json()
    caller, path = api(clerk), f"/api/v1/endpoints/{made['id']}/test/"
    statuses = [caller.post(path, format="json").status_code for _one in range(8)]
    assert statuses == [202] * 6 + [429] * 2


def test_the_pages_show_a_secret_once_and_say_what_is_wrong() -> None:
    browser = signed_in(PartnerFactory())
    wrong = browser.post("/endpoints/new/", {"name": "本校", "address": "https://192.168.1.1/", "active": "on"})
    assert "network" in faults(wrong)["address"][0]
    made = browser.post("/endpoints/new/", {"name": "本校", "address": ADDRESS, "events": [EVENT], "active": "on"})
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
    secret = made.context["secret"]
    assert secret in words(made)
    number = made.context["endpoint"].pk
    page = browser.get(f"/endpoints/{number}/")
    assert secret not in page.content.decode()
    assert "abcdef" not in page.content.decode()
    assert browser.post(f"/endpoints/{number}/", {"name": "新名", "active": "on"}).status_code == 303
    assert "新名" in words(browser.get("/endpoints/"))
    rotated = browser.post(f"/endpoints/{number}/rotate/", {"hours": "24"})
    assert rotated.context["secret"] != secret
    assert "signs as well until" in words(rotated)


def test_an_administrator_sets_up_a_robot_by_page() -> None:
    browser = signed_in(AdminFactory())
    given = {"kind": "dingtalk", "name": "人才处群", "address": DINGTALK, "active": "on"}
    assert list(faults(browser.post("/endpoints/new/", given))) == ["secret"]
    made = browser.post("/endpoints/new/", {**given, "secret": "SEC000"})
    assert made.status_code == 303
    page = browser.get(made["Location"]).content.decode()
    assert "SEC000" not in page
    assert "0123456789abcdef" not in page


def test_the_second_wall_stands_between_owners() -> None:
    ours, theirs = PartnerFactory(), OrganisationFactory()
    endpoint("wecom", "https://qyapi.weixin.qq.com", organisation=theirs)
    with transaction.atomic():
        scope.enter(ours)
        assert not Endpoint.objects.exists()
