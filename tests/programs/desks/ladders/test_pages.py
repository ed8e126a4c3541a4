"""The pages about ladders: a draft is changed, looked at and switched on; who is left in peace; how reminders come."""

import datetime as dt
import re
from typing import Any

import pytest

from backend import clock
from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.reminders.models import DigestChoice, LadderPolicy, Quieting
from tests.backend.messages.places import endpoint
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.desks.officer.world import Reader, owed, saved

pytestmark = pytest.mark.django_db
LADDERS = "/reminders/policies/"


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(language="en"))


@pytest.fixture
def partner() -> Organisation:
    contacts = [{"name": "岑若溪", "role": "submitter", "email": "clerk@example.com", "phone": ""}]
    return OrganisationFactory(name_en="First University", contacts=contacts)


def drafted(officer: Reader) -> str:
    """The address of a new draft."""
    answer = officer.post(f"{LADDERS}draft/", {"kind": "reporting"})
    assert answer.status_code == 303
    return str(answer["Location"])


def stage(officer: Reader, place: str) -> dict[str, str]:
    """The fields of a stage's form as the page shows them."""
    page = officer.get(place).content.decode()
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="(\w+)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def test_the_list_says_what_is_in_force(officer: Reader) -> None:
    said = officer.read(LADDERS)
    for words in ("Report of the period", "Proof of stay", "In force", "Draft", "As shipped."):
        assert words in said
    assert "Draft a version" not in Reader(ManagerFactory(language="en")).read(LADDERS)
    data = saved(officer.get(f"{LADDERS}?format=csv")).decode("utf-8-sig")
    assert "Report of the period,1,In force" in data


def test_an_endpoint_is_chosen_and_shown_by_its_name(officer: Reader) -> None:
    robot, _secret = endpoint("wecom", "https://qyapi.weixin.qq.com", name="催报群")
    gone, _secret = endpoint("wecom", "https://qyapi.weixin.qq.com", name="旧群", active=False)
    place = drafted(officer)
    page = officer.read(f"{place}stages/due/")
    assert "催报群 · WeCom robot" in page
    assert "旧群" not in page
    fields = {**stage(officer, f"{place}stages/due/"), "channel": "wecom"}
    wrong = officer.post(f"{place}stages/due/", {**fields, "channel": "dingtalk", "endpoint": str(robot.pk)})
    assert "There is no such endpoint of this channel" in wrong.content.decode()
    assert officer.post(f"{place}stages/due/", {**fields, "endpoint": str(gone.pk)}).status_code == 400
    assert officer.post(f"{place}stages/due/", {**fields, "endpoint": str(robot.pk)}).status_code == 303
    assert "WeCom robot 催报群" in officer.read(place)


def test_a_draft_is_changed_looked_at_and_switched_on(officer: Reader, partner: Organisation) -> None:
    owed(partner, 20)
    place = drafted(officer)
    fields = stage(officer, f"{place}stages/due/")
    assert (fields["days"], fields["hour"], fields["audience"]) == ("0", "09:00", "submitter")
    bad = officer.post(f"{place}stages/due/", {**fields, "text_en": "{organization}"})
    assert (bad.status_code, "There is no {organization}." in bad.content.decode()) == (400, True)
    assert officer.post(f"{place}stages/due/", {**fields, "hour": "15:00"}).status_code == 303
    new = {**fields, "code": "after_1", "days": "1"}
    assert officer.post(f"{place}stages/", new).status_code == 303
    assert officer.post(f"{place}stages/after_2/remove/").status_code == 303
    said = officer.read(place)
    assert "On the day, 15:00" in said
    assert ("1 working day after" in said, "2 working days after" in said) == (True, False)

    last = clock.today() + dt.timedelta(days=60)
    page = officer.read(f"{place}preview/?to={last}")
    assert re.search(r"New: 1 · No longer: 1 · At another time: 1 · As now: \d", page)
    assert "clerk@example.com" in page
    data = saved(officer.get(f"{place}preview/?to={last}&format=csv")).decode("utf-8-sig")
    assert any("after_1" in line and line.startswith("New,") for line in data.splitlines())
    assert officer.get(f"{place}preview/?from=soon").status_code == 400
    assert officer.get(f"{place}preview/?change=none").status_code == 400
    new_alone = saved(officer.get(f"{place}preview/?to={last}&change=added&format=csv")).decode("utf-8-sig")
    assert len(new_alone.splitlines()) == 2

    without = officer.post(f"{place}switch-on/", {"reason": ""})
    assert without.status_code == 400
    assert officer.post(f"{place}switch-on/", {"reason": "New term"}).status_code == 303
    said = officer.read(place)
    assert ("In force" in said, "Switch off" in said, "Add a stage" in said) == (True, True, False)
    assert officer.get(f"{place}stages/due/").status_code == 200
    late = officer.post(f"{place}stages/due/", fields)
    assert (late.status_code, "was switched on and is not changed" in late.content.decode()) == (400, True)
    assert officer.post(f"{place}switch-off/", {"reason": "Holidays"}).status_code == 303
    assert "Retired" in officer.read(place)


def test_a_draft_is_thrown_away(officer: Reader) -> None:
    place = drafted(officer)
    assert officer.post(f"{place}discard/").status_code == 303
    assert officer.get(place).status_code == 404
    with scope.everything():
        assert not LadderPolicy.objects.filter(kind="reporting", in_force_from=None).exists()


def test_leaving_an_obligation_in_peace_and_lifting_it(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    assert f"/reminders/quiet/new/?obligation={late.pk}" in officer.get(f"/obligations/{late.pk}/").content.decode()
    assert "Report of the period" in officer.read(f"/reminders/quiet/new/?obligation={late.pk}")
    form: dict[str, Any] = {"organisation": partner.code, "obligation": late.pk, "reason": "Moving house"}
    past = officer.post("/reminders/quiet/new/", {**form, "until": str(clock.today())})
    assert (past.status_code, "Name a day that is still to come." in past.content.decode()) == (400, True)
    assert officer.post("/reminders/quiet/new/", form).status_code == 303
    said = officer.read("/reminders/quiet/")
    assert ("First University" in said, "Moving house" in said, "until it is lifted" in said) == (True, True, True)
    refused = officer.post(f"/obligations/{late.pk}/remind/")
    assert "is left in peace: “Moving house”" in officer.read(refused["Location"])
    with scope.everything():
        [row] = Quieting.objects.all()
    assert officer.post(f"/reminders/quiet/{row.pk}/lift/", {"reason": "Moved"}).status_code == 303
    assert "Moved" in officer.read("/reminders/quiet/?lasting=false")
    assert "Nobody is left in peace" in officer.read("/reminders/quiet/?lasting=true")


def test_everybody_chooses_how_reminders_come(partner: Organisation) -> None:
    clerk = Reader(PartnerFactory(organisation=partner, language="en", email="clerk@example.com"))
    assert "clerk@example.com" in clerk.read("/reminders/digest/")
    assert clerk.post("/reminders/digest/", {"digest": "on", "hour": "08:15"}).status_code == 303
    with scope.everything():
        [choice] = DigestChoice.objects.all()
    assert choice.hour == dt.time(8, 15)
    assert 'value="08:15"' in clerk.get("/reminders/digest/").content.decode()
    clerk.post("/reminders/digest/", {"hour": "08:15"})
    with scope.everything():
        assert not DigestChoice.objects.exists()
