"""The pages of lots: what can be opened, the worklist, the verdict, what a partner reads, ruling and setting."""

import re
from typing import Any

import pytest

from backend import clock
from backend.accounts.scope import everything
from programs.review.sampling.models import Lot, LotUnit, SamplingSetting
from programs.review.sampling.settings import in_force
from tests.factories import AdminFactory, CohortFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.programs.desks.officer.world import Reader, links, text
from tests.programs.review.sampling.world import of, past, reported, sampling_on, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(username="officer-li"))


def opened(officer: Reader, cohort: Any) -> Lot:
    answer = officer.post("/review/batches/open/", of(cohort) | {"resubmission": "false"})
    assert answer.status_code == 303
    with everything():
        return Lot.objects.get(pk=int(re.findall(r"\d+", answer["Location"])[-1]))


def left(lot: Lot) -> list[int]:
    with everything():
        units = LotUnit.objects.filter(lot=lot, judged_at=None, rank__lte=lot.sample_size).order_by("rank")
        return list(units.values_list("record_id", flat=True))


def test_where_sampling_is_off_no_page_speaks_of_lots(officer: Reader) -> None:
    reported(2)
    assert "/review/batches/" not in officer.get("/records/").content.decode()
    assert "Lots" not in officer.read("/")
    assert "There is no lot" in officer.read("/review/batches/")


def test_an_officer_opens_a_lot_and_goes_through_its_sample(officer: Reader) -> None:
    sampling_on()
    _submission, records = reported(30)
    assert links(officer.get("/records/?state=submitted"), r"^/review/batches/$")
    assert "Lots can be opened" in officer.read("/")
    assert "Open the lot" in officer.read("/review/batches/")
    lot = opened(officer, records[0].cohort)
    page = officer.get(f"/review/batches/{lot.pk}/")
    said = text(page)
    assert "0 of 13 looked at" in said
    assert "code letter E" in said
    assert lot.seed in said
    assert "Switching score 0 of 30." in said
    first, second, *rest = left(lot)
    assert f"/review/batches/{lot.pk}/units/{first}/" in page.content.decode()
    assert "1 of 13 in the draw" in officer.read(f"/review/batches/{lot.pk}/units/{first}/")
    # From the list back to the list, from a record on to the next one.
    listed = officer.post(
        f"/review/batches/{lot.pk}/units/{first}/", {"conforming": "true", "next": f"/review/batches/{lot.pk}/"}
    )
    assert listed["Location"] == f"/review/batches/{lot.pk}/"
    wrong = {
        "conforming": "false",
        "column": ["district", ""],
        "defect_class": ["major", "major"],
        "note": ["应为云岩区", ""],
    }
    going = officer.post(f"/review/batches/{lot.pk}/units/{second}/", wrong)
    assert going["Location"] == f"/review/batches/{lot.pk}/units/{rest[0]}/"
    empty = officer.post(
        f"/review/batches/{lot.pk}/units/{rest[0]}/", {"conforming": "false", "column": "", "note": ""}
    )
    assert empty.status_code == 400
    assert "Name what is wrong" in text(empty)
    said = officer.read(f"/review/batches/{lot.pk}/")
    assert "1 nonconforming record; 1 allowed" in said
    assert "应为云岩区" in said
    for number in rest:
        officer.post(f"/review/batches/{lot.pk}/units/{number}/", {"conforming": "true"})
    assert states(records).count("verified") == 29
    said = officer.read(f"/review/batches/{lot.pk}/")
    assert "The lot is accepted" in said
    assert "Begin" not in said
    late = officer.post(f"/review/batches/{lot.pk}/units/{first}/", wrong)
    assert late["Location"] == f"/review/batches/{lot.pk}/"


def test_a_records_page_and_the_queue_say_which_lot_holds_it(officer: Reader) -> None:
    sampling_on()
    _submission, records = reported(3)
    lot = opened(officer, records[0].cohort)
    said = text(officer.get(f"/records/{records[0].pk}/"))
    assert f"member of lot {lot.pk}" in said
    assert "formaction" not in officer.get(f"/records/{records[0].pk}/").content.decode()
    ticked = {"ids": [one.pk for one in records[:2]], "decision": "return", "reason": "补材料"}
    assert f"Member of lot {lot.pk}" in text(officer.post("/records/decide/", ticked))
    refused = officer.post("/records/decide/", ticked | {"decision": "verify"})
    assert refused.status_code == 409
    assert "verified as lots" in text(refused)


def test_two_who_look_at_one_record_are_told(officer: Reader) -> None:
    sampling_on()
    _submission, records = reported(9)
    lot = opened(officer, records[0].cohort)
    [first, *_rest] = left(lot)
    Reader(OfficerFactory()).post(f"/review/batches/{lot.pk}/units/{first}/", {"conforming": "true"})
    answer = officer.post(f"/review/batches/{lot.pk}/units/{first}/", {"conforming": "true"}, follow=True)
    assert "was looked at by" in text(answer)


def test_a_partner_reads_the_verdict_and_not_the_sample_before(officer: Reader) -> None:
    sampling_on()
    _submission, records = reported(3)
    partner = Reader(PartnerFactory(organisation=records[0].organisation))
    lot = opened(officer, records[0].cohort)
    said = partner.read(f"/review/batches/{lot.pk}/")
    assert "Which ones they are you learn with the result" in said
    assert lot.seed not in said
    assert f"Lot {lot.pk}" in partner.read("/")
    for number in left(lot):
        wrong = {"conforming": "false", "column": "name", "defect_class": "critical", "note": "与证件不符"}
        officer.post(f"/review/batches/{lot.pk}/units/{number}/", wrong)
    said = partner.read(f"/review/batches/{lot.pk}/")
    assert "The lot is not accepted" in said
    assert "与证件不符" in said
    assert lot.seed in said
    assert "officer-li" not in said
    assert Reader(PartnerFactory()).get(f"/review/batches/{lot.pk}/").status_code == 404
    assert "AQL 4.0" in Reader(ManagerFactory()).read(f"/review/batches/{lot.pk}/")


def test_a_lot_is_called_off_from_its_page(officer: Reader) -> None:
    sampling_on()
    _submission, records = reported(3)
    lot = opened(officer, records[0].cohort)
    answer = officer.post(f"/review/batches/{lot.pk}/cancel/", {"reason": "开错了"}, follow=True)
    assert "called off" in text(answer)
    assert "开错了" in text(answer)


def test_an_officer_rules_from_the_partners_page(officer: Reader) -> None:
    cohort = CohortFactory()
    past(cohort.organisation, cohort, "A" * 10)
    address = f"/review/sampling/{cohort.organisation.code}/"
    said = officer.read(address)
    assert "Switching score 30 of 30." in said
    assert "Consent to reduced inspection" in said
    assert officer.post(address, {"act": "consent", "reason": ""}).status_code == 400
    assert "Reduced inspection" in text(
        officer.post(address, {"act": "consent", "reason": "连续两年稳定"}, follow=True)
    )
    assert "连续两年稳定" in officer.read(address)
    assert "Consent to" not in Reader(PartnerFactory(organisation=cohort.organisation)).read(address)


def test_an_administrator_sets_sampling(officer: Reader) -> None:
    admin = Reader(AdminFactory())
    assert "sampling is off for everybody" in admin.read("/review/sampling-settings/")
    given = {
        "mode": "on",
        "aql": "2.5",
        "level": "I",
        "reduced": "asks",
        "outside": "allowed",
        "reason": "试行",
        "counted": ["critical", "major"],
        "critical_fails": "on",
        "from_on": clock.today().isoformat(),
    }
    assert admin.post("/review/sampling-settings/", given | {"reason": ""}).status_code == 400
    assert "Sampling is on." in text(admin.post("/review/sampling-settings/", given, follow=True))
    with everything():
        made = SamplingSetting.objects.get()
        assert (made.aql, made.level, made.counted, made.critical_fails) == ("2.5", "I", ["critical", "major"], True)
        assert in_force().on
    assert "Set it anew" not in officer.read("/review/sampling-settings/")
