"""An officer of some districts: whose records they see, decide and download, and that both walls say the same."""

import csv
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.audit.models import AuditEntry
from backend.messages import services as messages
from backend.messages.models import Delivery
from programs.records.models import Amendment, Record
from programs.review import services
from programs.roster.services import rebuild
from programs.targets import explaining
from programs.targets.services import settle
from talent.people.models import Person
from tests.factories import (
    AdminFactory,
    AmendmentFactory,
    OfficerFactory,
    PartnerFactory,
    RecordFactory,
    UserFactory,
)
from tests.support.browsing import signed_in
from tests.support.http import Caller, code_of, every, get

pytestmark = pytest.mark.django_db
NANMING, YUNYAN, HUAXI = "520102", "520103", "520111"
LISTS = ("records/", "credentials/", "people/")


class House:
    """Five records: two of Nanming, one of Yunyan, one without a district, and one of somebody who is in both."""

    def __init__(self) -> None:
        self.here = [RecordFactory(district=NANMING, high_end=True) for _n in range(2)]
        self.there = RecordFactory(district=YUNYAN, high_end=True)
        self.nowhere = RecordFactory(district="", high_end=True)
        self.both = RecordFactory(district=YUNYAN, person=self.here[0].person)
        self.officer = OfficerFactory(districts=[NANMING])
        self.caller = Caller(self.officer, **{"accept-language": "en"})
        self.whole = Caller(OfficerFactory(), **{"accept-language": "en"})
        rebuild()

    @property
    def mine(self) -> set[int]:
        return {one.pk for one in self.here}

    @property
    def others(self) -> list[Record]:
        return [self.there, self.nowhere, self.both]


@pytest.fixture
def house() -> House:
    return House()


def states(*records: Record) -> list[str]:
    with scope.everything():
        found = dict(Record.objects.values_list("pk", "state"))
        return [found[one.pk] for one in records]


def post(caller: Caller, path: str, **body: Any) -> Any:
    return caller.post(path, body, format="json")


def test_only_the_records_of_the_district_are_listed_found_and_downloaded(house: House) -> None:
    assert {one["id"] for one in every(house.caller, "records/")} == house.mine
    assert {one["id"] for one in every(house.caller, "people/")} == {one.person_id for one in house.here}
    assert get(house.caller, "records/", district=YUNYAN)["results"] == []
    assert get(house.caller, "records/", count="exact")["count"] == 2
    text = house.caller.get("records/", {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert {int(row["id"]) for row in csv.DictReader(io.StringIO(text))} == house.mine
    assert len(every(house.whole, "records/")) == 5
    assert {one["person"] for one in every(house.caller, "credentials/")} == {one.person_id for one in house.here}


def test_what_lies_elsewhere_is_not_there(house: House) -> None:
    nothing = house.caller.get("records/999999999/").content
    for other in house.others:
        for verb, tail in (("get", ""), ("post", "verify/"), ("post", "return/"), ("post", "undo/")):
            answer = getattr(house.caller, verb)(f"records/{other.pk}/{tail}", {"reason": "x"}, format="json")
            assert answer.status_code == 404, (tail, answer.content)
        assert house.caller.get(f"records/{other.pk}/").content == nothing, "nobody learns that an id exists"
    assert house.caller.get(f"people/{house.there.person_id}/").status_code == 404
    assert house.caller.get(f"people/{house.here[0].person_id}/").status_code == 200
    assert states(*house.others) == ["submitted"] * 3


def test_somebody_of_two_districts_is_seen_with_the_records_of_ones_own(house: House) -> None:
    person = get(house.caller, f"people/{house.here[0].person_id}/")
    assert [one["id"] for one in person["records"]] == [house.here[0].pk]
    assert len(get(house.whole, f"people/{house.here[0].person_id}/")["records"]) == 2


def test_decisions_reach_as_far_as_the_district(house: House) -> None:
    refused = post(house.caller, "records/decide/", ids=[house.there.pk], decision="verify")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown")
    tried = post(house.caller, "records/decide/preview/", filter={"state": "submitted"}, decision="verify").json()
    assert (tried["total"], tried["decided"]) == (2, 2)
    done = post(house.caller, "records/decide/", filter={"state": "submitted"}, decision="verify").json()
    assert done["decided"] == 2
    assert states(*house.here, *house.others) == ["verified"] * 2 + ["submitted"] * 3


def test_a_job_decides_no_more_than_a_request(
    house: House, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    answer = post(house.caller, "records/decide/", filter={"state": "submitted"}, decision="verify")
    assert answer.status_code == 202
    with scope.everything():
        # It has come to another district by the time that the job is carried out.
        Record.objects.filter(pk=house.here[1].pk).update(district=YUNYAN)
    run_jobs()
    assert states(*house.here, *house.others) == ["verified", "submitted"] + ["submitted"] * 3


def test_a_preview_counts_what_the_person_has_elsewhere(house: House) -> None:
    """Somebody who counts by a record of another district comes not anew, and is not told of."""
    post(house.whole, "records/decide/", ids=[house.both.pk], decision="verify")
    with scope.everything():
        settle(wait=True)
    tried = post(house.caller, "records/decide/preview/", ids=[house.here[0].pk], decision="verify").json()
    told = {one["code"]: one["come"] for one in tried["targets"]}
    assert told["all"] == 0
    assert tried["decided"] == 1


def test_an_amendment_that_moves_a_record_away_is_decided_where_it_stood(house: House) -> None:
    record = RecordFactory(district=NANMING, state="verified")
    AmendmentFactory(record=record, district=YUNYAN)
    answer = post(house.caller, f"records/{record.pk}/verify/")
    assert (answer.status_code, answer.json()["district"]) == (200, YUNYAN)
    with scope.everything():
        assert Record.objects.get(pk=record.pk).district == YUNYAN
        assert Amendment.objects.get(record=record).state == "taken"
    assert house.caller.get(f"records/{record.pk}/").status_code == 404
    coming = RecordFactory(district=YUNYAN, state="verified")
    AmendmentFactory(record=coming, district=NANMING)
    assert post(house.caller, f"records/{coming.pk}/verify/").status_code == 404


def test_ones_own_acts_are_undone_and_no_colleagues(house: House) -> None:
    done = post(house.caller, "records/decide/", ids=sorted(house.mine), decision="verify").json()
    theirs = post(house.whole, "records/decide/", ids=[house.there.pk], decision="verify").json()
    assert [one["id"] for one in get(house.caller, "decision-runs/")["results"]] == [done["run"]]
    assert post(house.caller, f"decision-runs/{theirs['run']}/undo/", reason="x").status_code == 404
    assert post(house.caller, f"decision-runs/{done['run']}/undo/").json()["undone"] == 2
    assert states(*house.here, house.there) == ["submitted", "submitted", "verified"]


def test_claims_questions_and_what_is_handed_over(house: House) -> None:
    assert post(house.caller, "claims/", ids=[house.there.pk]).status_code == 400
    taken = post(house.caller, "claims/next/", count=5).json()
    assert set(taken["ids"]) == house.mine
    post(house.whole, "claims/", ids=[house.there.pk])
    assert {one["record"] for one in get(house.caller, "claims/")["results"]} == house.mine
    refused = post(house.whole, "claims/hand-over/", ids=[house.there.pk], to=house.officer.username)
    assert refused.json()["errors"][0]["code"] == "districts"
    assert post(house.caller, "threads/", record=house.there.pk, text="请核对").status_code in (400, 404)
    assert post(house.caller, "threads/", record=house.here[0].pk, text="请核对").status_code == 201
    post(house.whole, "threads/", record=house.there.pk, text="请核对")
    assert [one["record"] for one in get(house.caller, "threads/")["results"]] == [house.here[0].pk]


def test_a_false_certificate_is_false_elsewhere_too(house: House) -> None:
    with scope.everything():
        [credential] = house.here[0].person.credentials.filter(record_id=house.here[0].pk)
    assert post(house.caller, f"credentials/{credential.pk}/refute/", reason="查无此证").status_code == 200
    with scope.everything():
        [elsewhere] = house.there.person.credentials.all()
    assert post(house.caller, f"credentials/{elsewhere.pk}/confirm/").status_code == 404
    assert post(house.caller, "credentials/examine/", ids=[elsewhere.pk], verdict="confirm").status_code == 400


def test_figures_are_whole_and_their_people_are_the_districts(house: House) -> None:
    ids = [one.pk for one in (*house.here, *house.others)]
    post(house.whole, "records/decide/", ids=ids, decision="verify")
    with scope.everything():
        settle(wait=True)
        explaining.explain(wait=True)
    for path in ("targets/all/", "targets/all/breakdown/?by=district", "targets/all/changes/"):
        mine, whole = get(house.caller, path), get(house.whole, path)
        if path == "targets/all/":
            assert mine["achieved"] == whole["achieved"] == 4
        elif "changes" not in path:
            assert mine["results"] == whole["results"]
    people = get(house.caller, "targets/all/people/", count="exact")
    assert people["count"] == len(people["results"])
    assert {one["district"] for one in people["results"]} == {NANMING}
    turns = get(house.caller, "targets/all/changes/people/")["results"]
    assert {one["district"] for one in turns} == {NANMING}
    gap = get(house.caller, "targets/all/gap/")
    assert gap["counted"] == people["count"]
    for share in gap["results"]:
        rows = every(house.caller, share["rows"])
        if share["count"] is not None:
            assert len(rows) == share["count"], share
        assert {row["district"] for row in rows if row["record"]} <= {NANMING}


def test_people_are_found_in_the_roster_of_the_district(house: House) -> None:
    with scope.everything():
        names = dict(Person.objects.values_list("pk", "name"))
    for record, there in ((house.here[1], True), (house.there, False), (house.nowhere, False)):
        found = post(house.caller, "people/find/", q=names[record.person_id]).json()["results"]
        assert (record.person_id in {one["id"] for one in found}) is there
    listed = get(house.caller, "people/", count="exact")
    assert {one["id"] for one in listed["results"]} == {one.person_id for one in house.here}
    assert listed["count"] == 2


def test_what_was_written_to_organisations_of_other_districts_is_not_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau, own = house.officer.organisation, house.here[0].organisation
    with scope.everything():
        mine = {
            letter(own, "a@example.com"),
            letter(house.there.organisation, house.officer.email.upper()),
            letter(bureau, str(house.officer.pk), channel="inbox"),
        }
        others = [
            letter(house.there.organisation, "b@example.com"),
            letter(house.nowhere.organisation, "c@example.com"),
            letter(bureau, str(house.officer.pk + 1), channel="inbox"),
        ]
    assert {one["id"] for one in every(house.caller, "deliveries/")} == mine
    assert mine | set(others) <= {one["id"] for one in every(house.whole, "deliveries/")}
    assert house.caller.get(f"deliveries/{others[0]}/").status_code == 404
    take_the_first_wall_down(monkeypatch)
    assert {one["id"] for one in every(house.caller, "deliveries/")} == mine
    assert house.caller.get(f"deliveries/{others[0]}/").status_code == 404


def test_whoever_is_bound_to_districts_still_writes_to_everybody(house: House) -> None:
    """Obligations are of the whole city: a reminder by hand goes out, though it is not theirs to read."""
    with transaction.atomic():
        scope.enter(house.officer)
        sent = letter(house.there.organisation, "b@example.com")
        assert not Delivery.objects.filter(pk=sent).exists()
        assert messages.withdraw(delivery_ids=[sent]) == 1


def letter(organisation: Organisation, recipient: str, channel: str = "email") -> int:
    told = {"language": "en", "subject": "Due", "text": "Due", "html": "Due"}
    key = f"{organisation.pk}:{recipient}"
    with transaction.atomic():
        return messages.post(key=key, organisation_id=organisation.pk, channel=channel, recipient=recipient, **told).pk


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("people/check-list/", {"people": [{"name": "张伟", "id_number": "E12345678", "id_type": "414"}]}),
        ("replays/", {"rule": "E09", "severity": "off", "from_on": "2019-01-01", "until_on": "2019-12-31"}),
        ("people/{person}/split/", {"reason": "两个人"}),
    ],
)
def test_what_concerns_every_district_is_refused_in_words(house: House, path: str, body: dict[str, Any]) -> None:
    answer = post(house.caller, path.format(person=house.here[0].person_id), **body)
    assert (answer.status_code, code_of(answer)) == (403, "districts")
    assert "districts" in answer.json()["detail"]


def test_pages_show_the_same(house: House) -> None:
    client = signed_in(house.officer)
    listed = client.get("/records/?state=submitted").content.decode()
    assert f"/records/{house.here[0].pk}/" in listed
    assert f"/records/{house.there.pk}/" not in listed
    assert client.get(f"/records/{house.there.pk}/").status_code == 404
    assert client.get(f"/records/{house.here[0].pk}/").status_code == 200
    for path in (
        "/",
        "/people/",
        "/matches/",
        "/review/batches/",
        "/submissions/",
        "/targets/",
        "/targets/all/gap/awaiting_review/",
    ):
        assert client.get(path).status_code == 200, path


def test_without_the_first_wall_the_second_shows_the_district_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant of every selector at once."""
    take_the_first_wall_down(monkeypatch)
    assert {one["id"] for one in every(house.caller, "records/")} == house.mine
    assert {one["id"] for one in every(house.caller, "people/")} == {one.person_id for one in house.here}
    assert {one["person"] for one in every(house.caller, "credentials/")} == {one.person_id for one in house.here}
    for other in house.others:
        assert house.caller.get(f"records/{other.pk}/").status_code == 404
        assert post(house.caller, f"records/{other.pk}/verify/").status_code == 404
    assert (
        post(house.caller, "records/decide/", filter={"state": "submitted"}, decision="verify").json()["decided"] == 2
    )
    assert states(*house.others) == ["submitted"] * 3


def take_the_first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever narrows rows to districts narrows nothing."""
    for name in ("within_districts", "of_districts"):
        own = getattr(scope, name)
        for module in list(sys.modules.values()):
            if getattr(module, name, None) is own:
                monkeypatch.setattr(module, name, lambda queryset, *args, **options: queryset)


# Tables that know a record or a person and are the same for every officer, each with the reason.
OF_FIGURES = {
    "ledger_entry": "figures are whole; who they are of is read through the person's wall",
    "departure_entry": "the same of who has left",
    "person_change": "marks, read by the settler alone",
    "roster_mark": "marks, read by the roster's own work alone",
    "person_look": "who has looked; read through the person's wall",
}


def test_every_table_that_knows_a_record_or_a_person_has_the_wall(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_class.relname, EXISTS (SELECT FROM pg_policy WHERE polrelid = table_class.oid"
            "   AND polname = 'own_districts' AND NOT polpermissive)"
            " FROM pg_class table_class JOIN pg_attribute field ON field.attrelid = table_class.oid"
            " WHERE table_class.relkind IN ('r', 'p') AND table_class.relnamespace = 'public'::regnamespace"
            " AND field.attname IN ('record_id', 'person_id', 'head_id') AND NOT field.attisdropped"
        )
        walls = dict(cursor.fetchall())
    assert {table for table, walled in walls.items() if not walled} == set(OF_FIGURES)


def test_what_the_wall_asks_keeps_no_statement_from_being_shared_out(db: None) -> None:
    """A function that is not safe in parallel workers costs every statement that names its table, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, proparallel FROM pg_proc WHERE proname LIKE 'district%%'", [])
        found = dict(cursor.fetchall())
    assert found
    assert set(found.values()) == {"s"}


def test_the_scope_of_a_district_ends_with_its_transaction(house: House) -> None:
    with transaction.atomic():
        scope.enter(house.officer)
        assert set(Record.objects.values_list("pk", flat=True)) == house.mine
        with scope.everything():
            assert Record.objects.count() == 5
        assert Record.objects.count() == 2
        scope.enter(UserFactory(role="manager", organisation=house.officer.organisation))
        assert Record.objects.count() == 5


def test_districts_are_an_administrators_to_set(house: House) -> None:
    admin = Caller(AdminFactory(), **{"accept-language": "en"})
    path = f"users/{house.officer.username}/"
    changed = admin.patch(path, {"districts": [YUNYAN, NANMING, YUNYAN]}, format="json")
    assert changed.json()["districts"] == [NANMING, YUNYAN]
    with scope.everything():
        entry = AuditEntry.objects.get(action="user.update")
        assert entry.detail["changed"]["districts"] == [[NANMING], [NANMING, YUNYAN]]
    assert len(every(house.caller, "records/")) == 4, "at once"
    unknown = admin.patch(path, {"districts": ["999999"]}, format="json")
    assert [(one["field"], one["code"]) for one in unknown.json()["errors"]] == [("districts", "unknown")]
    clerk = PartnerFactory()
    partner = admin.patch(f"users/{clerk.username}/", {"districts": [NANMING]}, format="json")
    assert [(one["field"], one["code"]) for one in partner.json()["errors"]] == [("districts", "invalid")]
    assert admin.patch(path, {"districts": []}, format="json").json()["districts"] == []
    assert len(every(house.caller, "records/")) == 5
    [row] = get(admin, "users/", username=house.officer.username)["results"]
    assert row["districts"] == []
    assert get(admin, "users/", district=HUAXI)["results"] == []
