"""What one has, beside what one knows: set up, asked for, taken once, locked, lost."""

from typing import Any

import pyotp
import pytest
from django.core.management import CommandError, call_command

from backend.accounts.factors import codes
from backend.accounts.factors.models import RecoveryCode, SecondFactor
from backend.accounts.models import AccessToken, User
from backend.audit.models import AuditEntry
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.factors import SECRET, code_at, enrol
from tests.support.http import Caller, code_of

STAFF = [OfficerFactory, ManagerFactory, AdminFactory]


def sign_in(user: User, otp: str | None = None, password: str = PASSWORD) -> Any:
    body = {"username": user.username, "password": password} | ({} if otp is None else {"otp": otp})
    return Caller().post("auth/token/", body, format="json")


def post(address: str, user: User, **more: str) -> Any:
    return Caller().post(address, {"username": user.username, "password": PASSWORD, **more}, format="json")


@pytest.mark.django_db
@pytest.mark.parametrize("factory", STAFF)
def test_staff_without_a_factor_are_led_to_it_and_no_further(factory: Any) -> None:
    user = factory()
    answer = sign_in(user)
    assert (answer.status_code, code_of(answer)) == (403, "second_factor_not_enrolled")
    assert answer.json()["enrol"] == "auth/totp/"
    assert not AccessToken.objects.filter(user=user).exists()


@pytest.mark.django_db
def test_an_administrator_without_a_browser_sets_it_up_by_the_api() -> None:
    admin = AdminFactory()
    shown = post("auth/totp/", admin).json()
    assert shown == post("auth/totp/", admin).json(), "asked again, the same secret is shown"
    parsed = pyotp.parse_uri(shown["address"])
    assert (parsed.issuer, parsed.name, parsed.secret) == ("Shugu", admin.username, shown["secret"])
    assert post("auth/totp/confirm/", admin, otp="000000").status_code == 400
    assert code_of(sign_in(admin, code_at(shown["secret"]))) == "second_factor_not_enrolled"
    confirmed = post("auth/totp/confirm/", admin, otp=code_at(shown["secret"]))
    assert confirmed.status_code == 200, confirmed.content
    assert confirmed["Cache-Control"] == "no-store"
    kept = confirmed.json()["recovery_codes"]
    assert len(set(kept)) == 10
    assert sign_in(admin, code_at(shown["secret"])).status_code == 401, "the code that confirmed is used"
    answer = sign_in(admin, code_at(shown["secret"], 1))
    assert answer.status_code == 200
    caller = Caller(authorization=f"Token {answer.json()['token']}")
    assert caller.get("users/").status_code == 200
    assert caller.get("auth/factor/").json() | {"enrolled_at": None} == {
        "enrolled_at": None,
        "required": True,
        "recovery_codes_left": 10,
    }
    assert code_of(post("auth/totp/", admin)) == "already_enrolled"


@pytest.mark.django_db
def test_what_is_kept_tells_nobody_the_secret_or_a_code() -> None:
    user = OfficerFactory()
    secret = post("auth/totp/", user).json()["secret"]
    pending = bytes(SecondFactor.objects.get(user=user).pending or b"")
    kept = post("auth/totp/confirm/", user, otp=code_at(secret)).json()["recovery_codes"]
    row = SecondFactor.objects.get(user=user)
    sealed = bytes(row.secret or b"")
    assert secret.encode() not in pending + sealed
    assert row.pending is None
    digests = b"".join(bytes(one) for one in RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.encode() in digests or codes.plain(code).encode() in digests for code in kept)


@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_thirty_seconds_off(steps: int, status: int) -> None:
    user = OfficerFactory()
    enrol(user)
    assert sign_in(user, code_at(SECRET, steps)).status_code == status


@pytest.mark.django_db
def test_codes_go_by_the_databases_clock(clock: Any) -> None:
    user = OfficerFactory()
    enrol(user)
    before = code_at(SECRET)
    clock.shift(minutes=5)
    assert sign_in(user, before).status_code == 401
    assert sign_in(user, code_at(SECRET)).status_code == 200


@pytest.mark.django_db
def test_no_code_is_taken_twice_nor_an_earlier_one_after_it() -> None:
    user = OfficerFactory()
    enrol(user)
    assert sign_in(user, code_at(SECRET)).status_code == 200
    again, earlier = sign_in(user, code_at(SECRET)), sign_in(user, code_at(SECRET, -1))
    assert (code_of(again), code_of(earlier)) == ("bad_code", "bad_code")
    assert sign_in(user, code_at(SECRET, 1)).status_code == 200


@pytest.mark.django_db
def test_a_code_is_read_as_it_was_meant() -> None:
    user = OfficerFactory()
    enrol(user)
    code = code_at(SECRET)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert sign_in(user, f" {wide[:3]} {wide[3:]} ").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("otp", ["", "12345", "1234567", "ABCD-EFGH-IJKL-MNOP", "²³²³²³", "０" * 40, "x" * 40])
def test_what_is_no_code_is_refused(otp: str) -> None:
    user = OfficerFactory()
    enrol(user)
    answer = sign_in(user, otp)
    assert answer.status_code == 401
    assert code_of(answer) == ("bad_code" if otp else "second_factor_required")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.django_db
def test_a_recovery_code_stands_in_once() -> None:
    user = OfficerFactory()
    secret = post("auth/totp/", user).json()["secret"]
    kept = post("auth/totp/confirm/", user, otp=code_at(secret)).json()["recovery_codes"]
    assert sign_in(user, kept[3].lower().replace("-", " ")).status_code == 200
    assert sign_in(user, kept[3]).status_code == 401
    assert RecoveryCode.objects.filter(user=user, used_at=None).count() == 9
    other = OfficerFactory()
    enrol(other)
    assert sign_in(other, kept[4]).status_code == 401, "it is its owner's alone"
    caller = Caller(user)
    renewed = caller.post("auth/recovery-codes/").json()["recovery_codes"]
    assert sign_in(user, kept[4]).status_code == 401
    assert sign_in(user, renewed[0]).status_code == 200


@pytest.mark.django_db
def test_wrong_codes_lock_the_factor_for_longer_and_longer(scope_all: None, clock: Any) -> None:
    user = OfficerFactory()
    enrol(user)
    assert [sign_in(user, "000000").status_code for _ in range(5)] == [401] * 5
    locked = sign_in(user, code_at(SECRET))
    assert (locked.status_code, code_of(locked)) == (429, "throttled")
    assert 290 < int(locked["Retry-After"]) <= 300
    assert AuditEntry.objects.filter(action="auth.locked", subject_id=str(user.pk)).count() == 1
    clock.shift(minutes=5, seconds=1)
    assert [sign_in(user, "000000").status_code for _ in range(5)] == [401] * 5
    assert 590 < int(sign_in(user, code_at(SECRET))["Retry-After"]) <= 600
    clock.shift(minutes=16)
    assert sign_in(user, code_at(SECRET)).status_code == 200
    assert SecondFactor.objects.get(user=user).failures == 0


@pytest.mark.django_db
def test_setting_it_up_ends_what_a_password_had_opened(scope_all: None) -> None:
    partner = PartnerFactory()
    caller = Caller(partner)
    secret = post("auth/totp/", partner).json()["secret"]
    assert caller.get("organisations/").status_code == 200, "nothing is in force yet"
    post("auth/totp/confirm/", partner, otp=code_at(secret))
    assert caller.get("organisations/").status_code == 401
    assert code_of(sign_in(partner)) == "second_factor_required"
    mine = Caller(partner)
    assert mine.delete("auth/factor/").status_code == 204
    assert mine.get("organisations/").status_code == 401
    assert sign_in(partner).status_code == 200
    actions = AuditEntry.objects.filter(subject_id=str(partner.pk), action__startswith="factor.").order_by("id")
    assert [entry.action for entry in actions] == ["factor.enrol", "factor.remove"]


@pytest.mark.django_db
def test_staff_do_not_take_theirs_away_and_an_administrator_resets_it(scope_all: None) -> None:
    officer, admin = OfficerFactory(), AdminFactory()
    enrol(officer)
    enrol(admin)
    caller, boss = Caller(officer), Caller(admin)
    assert code_of(caller.delete("auth/factor/")) == "conflict"
    address = f"users/{officer.username}/reset-factor/"
    assert caller.post(address, {"reason": "lost"}, format="json").status_code == 403
    assert boss.post(address, {"reason": ""}, format="json").status_code == 400
    assert boss.post(f"users/{admin.username}/reset-factor/", {"reason": "mine"}, format="json").status_code == 409
    assert boss.post(address, {"reason": "came by in person"}, format="json").status_code == 204
    assert caller.get("organisations/").status_code == 401
    assert code_of(sign_in(officer, code_at(SECRET))) == "second_factor_not_enrolled"
    entry = AuditEntry.objects.get(action="factor.reset")
    assert (entry.actor, entry.subject_id, entry.detail) == (
        admin.username,
        str(officer.pk),
        {"reason": "came by in person"},
    )


@pytest.mark.django_db
def test_logins_of_the_demonstration_are_exempt_where_it_is_one(settings: Any) -> None:
    demo, other = OfficerFactory(demo=True), OfficerFactory()
    assert sign_in(demo).status_code == 403
    settings.DEMO = True
    assert sign_in(demo).status_code == 200
    assert sign_in(other).status_code == 403, "no other login is"


@pytest.mark.django_db
def test_who_becomes_staff_signs_in_anew(scope_all: None) -> None:
    partner, admin = PartnerFactory(), AdminFactory()
    caller = Caller(partner)
    change = {"role": "officer", "organisation": admin.organisation.code}
    assert Caller(admin).patch(f"users/{partner.username}/", change, format="json").status_code == 200
    assert caller.get("organisations/").status_code == 401
    assert code_of(sign_in(partner)) == "second_factor_not_enrolled"


@pytest.mark.django_db
def test_the_last_administrator_is_helped_by_a_command(scope_all: None, capsys: pytest.CaptureFixture[str]) -> None:
    admin = AdminFactory()
    with pytest.raises(CommandError, match="尚未设置"):
        call_command("reset_second_factor", admin.username, reason="lost")
    enrol(admin)
    call_command("reset_second_factor", admin.username, reason="phone in the river")
    assert admin.username in capsys.readouterr().out
    assert not SecondFactor.objects.filter(user=admin).exists()
    entry = AuditEntry.objects.get(action="factor.reset")
    assert (entry.actor, entry.detail) == ("system", {"reason": "phone in the river"})
    with pytest.raises(CommandError, match="nobody"):
        call_command("reset_second_factor", "nobody-here", reason="lost")
