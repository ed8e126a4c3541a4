"""The base of every page: who is let in, what a refusal looks like, what a browser is told."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from backend import urls
from backend.accounts import scope
from backend.accounts.filters import OrganisationFilter
from backend.accounts.models import Organisation, User
from backend.accounts.selectors import organisations
from backend.audit.models import AuditEntry
from backend.audit.services import enter_audit
from backend.problems import Conflict, Invalid
from backend.web.base import EVERYONE, Act, Page, SeeOther
from backend.web.forms import Form
from backend.web.lists import ListPage
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.factories.backend import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.backend.web.test_pages")]


class Hello(Page):
    roles = {"GET": "officer partner", "POST": "officer partner"}
    template = "web/problem_part.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(sentence=f"hello {self.actor.username}")

    def post(self, request: HttpRequest) -> HttpResponse:
        enter_audit(action="hello.post", subject=self.actor)
        raise Conflict("Somebody was faster.")


class Break(Page):
    roles = {"GET": EVERYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        raise RuntimeError("broken on purpose")


class Do(Act):
    roles = {"POST": "officer partner"}

    def act(self) -> str:
        enter_audit(action="hello.do", subject=self.actor)
        if "no" in self.request.POST:
            raise Conflict("It is not as you think.")
        return "It is done."

    def leads_to(self) -> str:
        return "/said/"


class Said(Page):
    roles = {"GET": EVERYONE}
    template = "web/messages.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class NameForm(Form):
    name = forms.CharField(label="Name", help_text="Any name.")
    age = forms.IntegerField(label="Age", required=False)


class Named(Page):
    roles = {"GET": EVERYONE, "POST": EVERYONE}
    template = "web/account.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=NameForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NameForm(request.POST)
        if form.do(self._refuse):
            messages.success(request, "named")
            return SeeOther("/said/")
        return self.show(form=form, status=400)

    def _refuse(self, values: dict[str, Any]) -> None:
        if values["name"] != "good":
            raise Invalid([("name", "taken", "That name is taken."), ("elsewhere", "odd", "And something else.")])


class Places(ListPage):
    roles = {"GET": "officer partner"}
    template = part = "web/components/filters.html"
    name = "places"
    filterset_class = OrganisationFilter
    choosing = {"kind": "Kind"}
    ordering = ("code",)
    headings = {"code": "Code", "name": "Name"}

    def rows(self) -> Any:
        return organisations(self.actor)

    def present(self, rows: Sequence[Organisation]) -> list[dict[str, str]]:
        return [{"code": row.code, "name": row.name_zh} for row in rows]

    def cells(self, row: dict[str, str]) -> dict[str, str]:
        return row


own = [
    path("hello/", Hello.as_view(), name="hello"),
    path("break/", Break.as_view()),
    path("do/", Do.as_view()),
    path("said/", Said.as_view()),
    path("named/", Named.as_view()),
    path("places/", Places.as_view()),
]
urlpatterns = [path("", include(own)), *urls.urlpatterns]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


def client(user: User | None = None, **options: Any) -> Client:
    found = Client(headers={"accept-language": "en"}, **options)
    if user is not None:
        found.force_login(user)
    return found


def test_without_a_login_a_page_leads_to_the_sign_in_and_back() -> None:
    answer = client().get("/hello/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/hello/%3Fx%3D1")
    sent = client().post("/hello/?x=1", {"name": "kept"})
    assert (sent.status_code, sent["Location"]) == (307, "/kept/?to=%2Fhello%2F%3Fx%3D1")
    part = client().get("/hello/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Refresh"]) == (204, "true")
    part = client().post("/hello/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Trigger"]) == (204, "shugu:whole-page")


def test_a_page_is_for_the_roles_that_it_names() -> None:
    officer = OfficerFactory()
    assert b"hello " + officer.username.encode() in client(officer).get("/hello/").content
    refused = client(ManagerFactory()).get("/hello/")
    assert refused.status_code == 403
    assert b"Your role may not do this" in refused.content


def test_whoever_may_only_read_does_nothing() -> None:
    reader = PartnerFactory(read_only=True)
    assert client(reader).get("/hello/").status_code == 200
    refused = client(reader).post("/do/")
    assert refused.status_code == 403
    assert b"may read and not write" in refused.content


def test_a_refusal_is_a_page_and_leaves_nothing_behind() -> None:
    officer = OfficerFactory()
    with transaction.atomic():
        answer = client(officer).post("/hello/")
        assert answer.status_code == 409
        assert b"Somebody was faster." in answer.content
        transaction.set_rollback(True)
    part = client(officer).post("/hello/", headers={"hx-request": "true"})
    assert b"<html" not in part.content
    assert b"Somebody was faster." in part.content


def test_an_act_says_what_was_done_or_refused_and_undoes_what_it_refuses() -> None:
    officer = OfficerFactory()
    session = client(officer)
    assert session.post("/do/")["Location"] == "/said/"
    assert b"It is done." in session.get("/said/").content
    refused = session.post("/do/", {"no": "1"})
    assert refused.status_code == 303
    assert b"It is not as you think." in session.get("/said/").content
    part = session.post("/do/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, "/said/")
    with scope.everything():
        assert AuditEntry.objects.filter(action="hello.do").count() == 2


def test_a_services_refusals_stand_beside_their_fields() -> None:
    session = client(OfficerFactory())
    text = session.post("/named/", {"name": "bad"}).content.decode()
    assert "That name is taken." in text
    assert "And something else." in text
    described = re.search(r'<input[^>]*name="name"[^>]*>', text)
    assert described
    assert 'aria-invalid="true"' in described[0]
    assert "aria-describedby" in described[0]
    assert "This field is required." in session.post("/named/", {"name": ""}).content.decode()
    assert session.post("/named/", {"name": "good"}).status_code == 303


def seen(page: Any) -> list[str]:
    return [row["code"] for row in page.context["rows"]]


def test_a_list_is_filtered_paged_and_downloaded_within_the_scope() -> None:
    mine = OrganisationFactory(code="AAA", name_zh="=1+1")
    for number in range(4):
        OrganisationFactory(code=f"B{number}", kind="employer")
    officer = client(OfficerFactory())
    page = officer.get("/places/?limit=2&kind=employer")
    assert seen(page) == ["B0", "B1"]
    cursor = page.context["page"].next
    assert seen(officer.get("/places/", {"limit": 2, "kind": "employer", "cursor": cursor})) == ["B2", "B3"]
    assert officer.get("/places/?nonsense=1").status_code == 400
    assert officer.get("/places/?cursor=nonsense").status_code == 400
    assert officer.get("/places/?limit=9999").status_code == 400
    assert officer.get("/places/?format=exe").status_code == 400
    partner = client(PartnerFactory(organisation=mine))
    assert seen(partner.get("/places/")) == ["AAA"]
    file = partner.get("/places/?format=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines == ["Code,Name", "AAA,'=1+1"]
    assert officer.get("/places/?format=xlsx")["Content-Disposition"].startswith("attachment; filename=")


def test_what_nobody_foresaw_is_an_error_page_without_a_trace() -> None:
    answer = client(OfficerFactory(), raise_request_exception=False).get("/break/")
    assert answer.status_code == 500
    assert b"Traceback" not in answer.content
    assert b"broken on purpose" not in answer.content
    assert b"The error has been noted" in answer.content


def test_an_address_that_is_none() -> None:
    page = client().get("/nowhere/")
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    problem = client().get("/api/v1/nowhere/")
    assert problem["Content-Type"] == "application/problem+json"


def test_the_browser_is_told_to_load_nothing_from_outside_and_to_keep_nothing() -> None:
    answer = client(OfficerFactory()).get("/hello/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_form_of_somebody_else_s_is_refused() -> None:
    session = client(OfficerFactory(), enforce_csrf_checks=True)
    refused = session.post("/do/")
    assert refused.status_code == 403
    assert b"reload the page" in refused.content


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_our_own_pages_alone(wanted: str) -> None:
    user = PartnerFactory()
    answer = client().post("/sign-in/", {"username": user.username, "password": PASSWORD, "next": wanted})
    assert (answer.status_code, answer["Location"]) == (303, "/")


def test_signing_in_wrongly_is_limited_and_noted(settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT = 3
    user = OfficerFactory()
    session = client()
    for _ in range(3):
        assert session.post("/sign-in/", {"username": user.username, "password": "wrong"}).status_code == 401
    limited = session.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    assert limited.status_code == 429
    assert int(limited["Retry-After"]) > 0
    with scope.everything():
        assert AuditEntry.objects.filter(action="auth.sign_in_failed").count() == 3
        assert AuditEntry.objects.filter(action="auth.locked").count() == 1


def test_a_deactivated_user_is_signed_out_at_once() -> None:
    user = OfficerFactory()
    session = client(user)
    assert session.get("/hello/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert session.get("/hello/").status_code == 302
