"""The pages of users, for administrators alone."""

import pytest
from django.test import Client

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from tests.factories import PASSWORD, AdminFactory, BureauFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import faults, signed_in, words
from tests.support.http import Caller

pytestmark = pytest.mark.django_db
NEW = "/users/new/"
STRONG = "Accept-7391-kit!"


@pytest.fixture
def administrator() -> User:
    return AdminFactory()


@pytest.fixture
def admin(administrator: User) -> Client:
    return signed_in(administrator)


def body(user: User, **changes: str) -> dict[str, str]:
    """A user's page as it is sent when nothing was touched, but for ``changes``; an empty text unticks a box."""
    boxes = {name: "on" for name in ("read_only", "signatory", "is_active") if getattr(user, name)}
    plain = {"role": user.role, "organisation": user.organisation.code, "email": user.email, "language": user.language}
    return {name: value for name, value in {**plain, **boxes, **changes}.items() if value != ""}


def test_a_new_user_can_sign_in(admin: Client) -> None:
    OrganisationFactory(code="T-UNI")
    assert '<option value="T-UNI" selected>' in admin.get(f"{NEW}?organisation=T-UNI").content.decode()
    sent = {"username": "t.uni", "password": STRONG, "role": "partner", "organisation": "T-UNI", "language": "zh-hans"}
    answer = admin.post(NEW, {**sent, "email": "t@example.com", "is_active": "on"})
    assert (answer.status_code, answer["Location"]) == (303, "/users/t.uni/")
    assert "Tell them their password" in words(admin.get("/users/t.uni/"))
    there = Client().post("/sign-in/", {"username": "t.uni", "password": STRONG})
    assert there.status_code == 303


def test_staff_belong_to_the_bureau_unless_it_is_said(admin: Client) -> None:
    sent = {"username": "new.officer", "password": STRONG, "role": "officer", "language": "en", "is_active": "on"}
    assert admin.post(NEW, sent).status_code == 303
    assert User.objects.get(username="new.officer").organisation == BureauFactory()
    found = faults(admin.post(NEW, {**sent, "username": "a.partner", "role": "partner"}))
    assert found == {"organisation": ["Name the organisation that this user belongs to."]}


def test_refusals_stand_beside_their_field(admin: Client, administrator: User) -> None:
    clerk = PartnerFactory()
    page = f"/users/{clerk.username}/"
    assert list(faults(admin.post(page, body(clerk, password="short")))) == ["password"]
    assert list(faults(admin.post(page, body(clerk, role="officer")))) == ["organisation"]
    own = f"/users/{administrator.username}/"
    assert list(faults(admin.post(own, body(administrator, role="officer")))) == ["role"]
    found = faults(admin.post(own, body(administrator, is_active="")))
    assert found == {"is_active": ["Ask another administrator to deactivate you or to change your role."]}
    administrator.refresh_from_db()
    assert (administrator.is_active, administrator.role) == (True, "admin")
    assert "already" in faults(admin.post(NEW, body(clerk, username=clerk.username, password=STRONG)))["__all__"][0]


def test_deactivating_ends_sessions_and_tokens(admin: Client) -> None:
    clerk = PartnerFactory()
    session, token = signed_in(clerk), Caller(clerk)
    assert session.get("/account/").status_code == 200
    assert token.get("periods/").status_code == 200
    page = f"/users/{clerk.username}/"
    assert admin.post(page, body(clerk, is_active="")).status_code == 303
    assert "signed out everywhere" in words(admin.get(page))
    assert session.get("/account/").status_code == 302
    assert token.get("periods/").status_code == 401
    assert admin.post(page, body(clerk)).status_code == 303
    clerk.refresh_from_db()
    assert clerk.is_active


def test_a_new_password_is_noted_and_not_shown(admin: Client) -> None:
    clerk = PartnerFactory()
    session = signed_in(clerk)
    assert admin.post(f"/users/{clerk.username}/", body(clerk, password=STRONG)).status_code == 303
    assert session.get("/account/").status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(STRONG)
    with scope.everything():
        noted = AuditEntry.objects.get(action="user.update")
    assert noted.detail["password_changed"] is True
    assert STRONG not in str(noted.detail)


def test_an_administrator_who_changes_their_own_password_stays(admin: Client, administrator: User) -> None:
    assert admin.post(f"/users/{administrator.username}/", body(administrator, password=STRONG)).status_code == 303
    assert admin.get("/users/").status_code == 200


def test_who_has_signed_in_lately(admin: Client, administrator: User, clock: object) -> None:
    stays, token_alone, left, gone = PartnerFactory.create_batch(4)
    gone.is_active = False
    gone.save()
    signed_in(stays)
    Caller().post("auth/token/", {"username": token_alone.username, "password": PASSWORD}, format="json")
    token_alone.refresh_from_db()
    assert token_alone.last_login is not None
    assert usernames(admin, idle="true") == []
    with scope.everything():
        User.objects.filter(pk__in=[left.pk, gone.pk]).update(created_at="2019-01-01T00:00:00Z")
        User.objects.filter(pk=stays.pk).update(last_login="2019-01-01T00:00:00Z")
    assert usernames(admin, idle="true") == sorted([left.username, stays.username])
    assert gone.username in usernames(admin, idle="false", is_active="false")


def usernames(client: Client, **filters: str) -> list[str]:
    return [row.username for row in client.get("/users/", filters).context["rows"]]


def test_finding_somebody(admin: Client) -> None:
    clerk = PartnerFactory(username="find.me", email="elsewhere@example.com")
    OfficerFactory()
    assert usernames(admin, search="ELSEWHERE") == ["find.me"]
    assert usernames(admin, search="find") == ["find.me"]
    assert usernames(admin, role="partner", organisation=clerk.organisation.code) == ["find.me"]
