"""Tokens under a name: made, listed, held to their scope, ended; and the proof that some acts ask for."""

from typing import Any

import pytest

from backend.accounts.models import AccessToken, User
from backend.audit.models import AuditEntry
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.policy.table import BODIES, TABLE
from tests.support.factors import SECRET, code_at, enrol
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db


def make(caller: Caller, **fields: Any) -> Any:
    body = {"name": "学籍系统", "scope": "read", "days": 30} | fields
    return caller.post("auth/tokens/", body, format="json")


def bearer(answer: Any) -> Caller:
    return Caller(authorization=f"Token {answer.json()['token']}")


def test_a_token_is_made_listed_used_and_ended(scope_all: None) -> None:
    partner = PartnerFactory()
    caller = Caller(partner)
    made = make(caller)
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    program = bearer(made)
    [row] = caller.get("auth/tokens/", {"named": "true"}).json()["results"]
    assert (row["name"], row["scope"], row["last_used_at"]) == ("学籍系统", "read", None)
    assert made.json()["token"] not in str(row)
    assert program.get("organisations/").status_code == 200
    [row] = caller.get("auth/tokens/", {"named": "true"}).json()["results"]
    assert row["last_used_at"]
    assert Caller(PartnerFactory()).delete(f"auth/tokens/{row['id']}/").status_code == 404
    assert caller.delete(f"auth/tokens/{row['id']}/").status_code == 204
    assert program.get("organisations/").status_code == 401
    actions = AuditEntry.objects.filter(action__startswith="token.").order_by("id")
    assert [(one.action, one.detail["scope"]) for one in actions] == [("token.make", "read"), ("token.revoke", "read")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"scope": "root"}, "scope"), ({"days": 0}, "days"), ({"days": 366}, "days")],
)
def test_what_cannot_be_made_is_named(wrong: dict[str, Any], field: str) -> None:
    answer = make(Caller(PartnerFactory()), **wrong)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_token_lasts_as_long_as_was_chosen(clock: Any) -> None:
    program = bearer(make(Caller(PartnerFactory()), days=2))
    clock.shift(days=1, hours=23)
    assert program.get("organisations/").status_code == 200
    clock.shift(days=2, minutes=1)
    assert program.get("organisations/").status_code == 401


def test_an_administrator_ends_anybodys() -> None:
    partner, admin = PartnerFactory(), Caller(AdminFactory())
    program = bearer(make(Caller(partner)))
    [row] = admin.get("auth/tokens/", {"user": partner.username, "named": "true"}).json()["results"]
    assert admin.delete(f"auth/tokens/{row['id']}/").status_code == 204
    assert program.get("organisations/").status_code == 401


def test_twenty_are_enough() -> None:
    caller = Caller(PartnerFactory())
    assert [make(caller).status_code for _ in range(21)] == [201] * 20 + [409]


@pytest.mark.parametrize("scope", ["read", "submit"])
def test_every_route_is_held_to_the_scope(scope: str) -> None:
    program = bearer(make(Caller(PartnerFactory()), scope=scope))
    held = [line.split()[:2] for line in TABLE.strip().splitlines()[1:]]
    opened = []
    for method, path in held:
        if path.startswith(("auth/token/", "auth/totp/", "schema", "docs", "problems")):
            continue
        answer = getattr(program, method.lower())(path.format_map(Zero()), BODIES.get((method, path)), format="json")
        refused = answer.status_code == 403 and code_of(answer) == "token_scope"
        if not refused and (method != "GET" or path.startswith("auth/") or path.endswith("report.xlsx")):
            opened.append(f"{method} {path.split('/')[0]}/")
        assert not (refused and method == "GET" and not path.startswith(("auth/", "submissions/"))), path
    assert set(opened) == (
        set()
        if scope == "read"
        else {"POST submissions/", "PATCH submissions/", "GET submissions/", "POST obligations/"}
    )


class Zero(dict[str, str]):
    """Nobody's id for every name in an address."""

    def __missing__(self, name: str) -> str:
        return "0"


def test_every_token_may_end_itself() -> None:
    program = bearer(make(Caller(PartnerFactory())))
    assert program.delete("auth/token/").status_code == 204
    assert program.get("organisations/").status_code == 401


def stale(user: User) -> Caller:
    """A caller whose token was made more than ten minutes ago."""
    caller = Caller(user)
    AccessToken.objects.filter(user=user).update(proven_at=None)
    return caller


def prove(caller: Caller, **fields: str) -> Any:
    return caller.post("auth/proof/", {"password": PASSWORD} | fields, format="json")


def test_what_cannot_be_undone_asks_for_a_proof(clock: Any, scope_all: None) -> None:
    admin = AdminFactory()
    enrol(admin)
    caller, partner = Caller(admin), PartnerFactory()
    change = {"role": "officer", "organisation": admin.organisation.code}
    clock.shift(minutes=11)
    refused = caller.patch(f"users/{partner.username}/", change, format="json")
    assert (refused.status_code, code_of(refused)) == (403, "reauthentication_required")
    assert refused.json()["prove"] == "auth/proof/"
    assert caller.patch(f"users/{partner.username}/", {"email": "a@example.com"}, format="json").status_code == 200
    assert code_of(prove(caller, password="wrong")) == "bad_credentials"
    assert code_of(prove(caller)) == "second_factor_required"
    assert code_of(prove(caller, otp="000000")) == "bad_code"
    assert prove(caller, otp=code_at(SECRET)).status_code == 200
    assert caller.patch(f"users/{partner.username}/", change, format="json").status_code == 200
    clock.shift(minutes=22)
    assert code_of(make(caller)) == "reauthentication_required"
    assert AuditEntry.objects.filter(action="auth.prove", actor=admin.username).count() == 1


def test_acts_on_the_list_are_refused_without_a_proof() -> None:
    admin, officer, partner = AdminFactory(), OfficerFactory(), PartnerFactory()
    enrol(partner)
    boss, desk = stale(admin), stale(officer)
    end = {"on": "2040-01-01", "reason": "撤销"}
    code, into = partner.organisation.code, OrganisationFactory().code
    staff = {"username": "new-one", "password": "Long-enough-7391", "role": "manager"}
    refused = [
        boss.post(f"users/{partner.username}/reset-factor/", {"reason": "lost"}, format="json"),
        boss.patch(f"users/{partner.username}/", {"password": "Long-enough-7391"}, format="json"),
        boss.post("users/", staff, format="json"),
        boss.post("auth/tokens/", {"name": "x", "scope": "all", "days": 1}, format="json"),
        desk.post(f"organisations/{code}/close/", end, format="json"),
        desk.post(f"organisations/{code}/merge/", end | {"into": into}, format="json"),
        stale(partner).delete("auth/factor/"),
        stale(partner).post("auth/recovery-codes/"),
    ]
    assert {code_of(answer) for answer in refused} == {"reauthentication_required"}
    assert not User.objects.filter(username="new-one").exists()


def test_a_login_of_the_demonstration_proves_itself_by_its_password(settings: Any) -> None:
    settings.DEMO = True
    caller = stale(AdminFactory(demo=True))
    assert code_of(make(caller)) == "reauthentication_required"
    assert prove(caller).status_code == 200
    assert make(caller).status_code == 201
