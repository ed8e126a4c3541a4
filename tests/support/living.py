"""A population lived through the system over HTTP, and everything that anybody was shown of it kept for a scan.

What lawfully gives numbers in the clear is not kept: a reasoned reveal, and the partner's own file marked.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from django.conf import settings
from django.test import Client

from backend.accounts import scope
from backend.accounts.models import User
from programs.periods.expected import expect_obligations
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory
from tests.factories.numbers import resident_number
from tests.support.http import WITHOUT_TLS, token_for
from tests.support.partner import Partner, Row, as_csv
from tests.support.population import Population, rows
from tests.support.workers import wait_for

CSRF = "0123456789abcdef0123456789abcdef"
PATIENCE = 300.0
UNDER_WAY = ("received", "checking", "committing")
DOWNLOADS = ("csv", "xlsx")
LISTS = {
    "partner": ("records/", "people/", "submissions/", "obligations/", "credentials/", "jobs/", "reminders/"),
    "officer": ("records/", "people/", "submissions/", "credentials/", "matches/", "obligations/", "jobs/"),
    "manager": ("people/", "records/", "targets/all/people/"),
    "admin": ("audit/", "jobs/", "users/", "reveals/"),
}
PAGES = {
    "partner": ("", "records/", "people/", "submissions/", "credentials/"),
    "officer": ("", "records/", "people/", "submissions/", "matches/", "credentials/", "jobs/"),
    "manager": ("", "people/"),
    "admin": ("", "audit/", "jobs/", "keys/"),
}


class Reader:
    """Somebody who calls and reads; what they are shown is kept."""

    def __init__(self, life: "Life", user: User) -> None:
        self._life, self.role = life, str(user.role)
        self._token = token_for(user)
        signed_in = Client()
        signed_in.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self._session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value

    def api(self, method: str, path: str, *, lawful: bool = False, **options: Any) -> httpx.Response:
        """One call of the API."""
        headers = {"Authorization": f"Token {self._token}", "Accept-Language": "en"}
        return self._call(method, f"/api/v1/{path}", lawful, headers=headers, **options)

    def page(self, method: str, path: str, *, lawful: bool = False, **options: Any) -> httpx.Response:
        """One page."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={self._session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        return self._call(method, f"/{path}", lawful, headers={"X-CSRFToken": CSRF, "Cookie": cookies}, **options)

    def _call(self, method: str, path: str, lawful: bool, **options: Any) -> httpx.Response:
        with httpx.Client(base_url=self._life.url, timeout=PATIENCE, verify=WITHOUT_TLS) as client:
            answer = client.request(method, path, **options)
        if not lawful:
            head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            self._life.seen.append((f"{self.role}: {method} {path}", head.encode() + b"\n\n" + answer.content))
        return answer


class Life:
    """``size`` human beings and those who report, review and administrate."""

    def __init__(self, url: str, work: Callable[[], object], size: int, *, organisations: int) -> None:
        self.url, self._work = url, work
        self.seen: list[tuple[str, bytes]] = []
        self.population = Population(size)
        self.numbers = {one.number for one in self.population.reports}
        self._partners = [Partner(lambda: 0) for _place in range(organisations)]
        self.clerks = [Reader(self, one.clerk) for one in self._partners]
        self.officer, self.manager, self.admin = (
            Reader(self, factory()) for factory in (OfficerFactory, ManagerFactory, AdminFactory)
        )

    def live(self) -> None:
        """From the first upload to the last download."""
        with scope.everything():
            expect_obligations()
        for place, (partner, clerk) in enumerate(zip(self._partners, self.clerks, strict=True)):
            self._report(partner, clerk, list(rows(self.population, partner, place)))
        self._review()
        self._look_up()
        self._read_everything()

    def _report(self, partner: Partner, clerk: Reader, whole: list[Row]) -> None:
        sent = whole + list(self._spoilt(partner, whole))
        file = {"file": ("名单.csv", io.BytesIO(as_csv(sent)))}
        answer = clerk.api("POST", "submissions/", data={"period": partner.period.code}, files=file)
        assert answer.status_code == 202, answer.text
        here = f"submissions/{answer.json()['id']}/"
        assert self._settled(clerk, here)["status"] == "checked"
        for tail in ("findings/", "findings/summary/", *(f"findings/?format={one}" for one in DOWNLOADS)):
            assert clerk.api("GET", here + tail).status_code == 200, tail
        found = clerk.api("GET", here + "findings/", params={"limit": 500}).json()["results"]
        assert {"E01", "E04", "E05", "E07"} <= {one["rule"] for one in found}, {one["rule"] for one in found}
        wrong = next(one["row"] for one in found if one["rule"] == "E04")
        clerk.page("GET", here)
        clerk.page("GET", f"{here}rows/{wrong}/")
        mended = clerk.api("PATCH", f"{here}rows/{wrong}/", json={"id_number": self._more(partner)})
        assert mended.status_code == 200, mended.text
        refused = clerk.api("PATCH", f"{here}rows/{wrong + 1}/", json={"id_number": whole[0]["id_number"] + "9"})
        assert refused.status_code == 200, refused.text
        assert clerk.api("GET", here + "report.xlsx", lawful=True).status_code == 200
        clerk.page("GET", here + "changes/")
        assert clerk.api("POST", here + "confirm/").status_code == 202
        assert self._settled(clerk, here)["status"] == "partly_accepted"
        again = clerk.api("POST", "submissions/", data={"period": partner.period.code}, files=file)
        assert again.status_code == 409, again.text
        form = {"period": partner.period.code, "records": [whole[0] | {"remarks": f"见{whole[1]['id_number']}"}]}
        here = f"submissions/{clerk.api('POST', 'submissions/', json=form).json()['id']}/"
        self._settled(clerk, here)
        clerk.api("GET", here + "findings/")
        clerk.api("POST", here + "cancel/")

    def _spoilt(self, partner: Partner, whole: list[Row]) -> Iterator[Row]:
        """Rows in which numbers stand where they should not, or are not what they should be."""
        first, second = whole[0], whole[1]
        resident = next(row["id_number"] for row in whole if len(row["id_number"]) == 18)
        wrong = resident[:-1] + ("0" if resident[-1] != "0" else "1")
        self.numbers.add(wrong)
        plain = {"id_type": "居民身份证", "birth_date": "", "gender": ""}
        yield first | plain | {"id_number": wrong, "partner_ref": "S1"}
        yield first | plain | {"id_number": "", "partner_ref": f"S2 {resident}", "remarks": resident}
        yield first | plain | {"id_number": f"{float(resident[:17]):.5E}", "partner_ref": "S3"}
        yield second
        for place, remark in enumerate((f"另有证件{resident}", f"{resident[:6]} {resident[6:14]} {resident[14:]}")):
            name = "石" + "甲乙"[place] + (resident if place else "")
            more = {"id_number": self._more(partner), "name": name, "remarks": remark, "partner_ref": resident}
            yield first | plain | more | {"school": f"学校{resident}", "employer": resident}
        lower = next(
            (one for one in (self._more(partner) for _ in range(60)) if one.endswith("X")), self._more(partner)
        )
        yield first | plain | {"id_number": f" {lower.lower()} ", "name": "石小写", "partner_ref": "S6"}

    def _more(self, partner: Partner) -> str:
        """The number of somebody who is not of the population, and looked for all the same."""
        number = resident_number(900 + len(self.numbers) % 90, partner.cohort.starts_on.replace(year=1979), "2")
        while number in self.numbers:
            self._days = getattr(self, "_days", 0) + 1
            day = partner.cohort.starts_on.replace(year=1950 + self._days // 28 % 40, day=self._days % 28 + 1)
            number = resident_number(900 + len(self.numbers) % 90, day, "2")
        self.numbers.add(number)
        return number

    def _settled(self, clerk: Reader, path: str) -> Any:
        self._work()

        def settled() -> Any:
            shown = clerk.api("GET", path).json()
            return None if shown["status"] in UNDER_WAY else shown

        return wait_for(settled, PATIENCE, path)

    def _review(self) -> None:
        """Decisions with reasons that hold numbers, a question, a match."""
        some = self._some()
        records = self.officer.api("GET", "records/", params={"limit": 500}).json()["results"]
        returned, rejected, asked, *_others = (one["id"] for one in records)
        for id, decision in ((returned, "return"), (rejected, "reject")):
            answer = self.officer.api("POST", f"records/{id}/{decision}/", json={"reason": f"与{some}不符"})
            assert answer.status_code == 200, answer.text
        self.officer.api("POST", "threads/", json={"record": asked, "text": f"请核对{some}"})
        for partner in self._partners:
            body = {"filter": {"organisation": partner.organisation.code, "state": "submitted"}, "decision": "verify"}
            assert self.officer.api("POST", "records/decide/", json=body).status_code in (200, 202)
        self._work()
        for match in self.officer.api("GET", "matches/", params={"limit": 5}).json()["results"]:
            self.officer.api("GET", f"matches/{match['id']}/")
            self.officer.page("GET", f"matches/{match['id']}/")
        self._work()

    def _look_up(self) -> None:
        """Numbers typed into searches and addresses, checked as a list, and revealed."""
        some = self._some()
        for reader in (self.clerks[0], self.officer):
            assert reader.api("POST", "people/find/", json={"q": some}).status_code == 200
            # The field gives back to whoever typed it what they typed.
            reader.page("POST", "people/find/", lawful=True, data={"q": some})
        for path in (f"people/?search={some}", f"records/?person={some}", f"people/{some}/", f"{some}/"):
            self.officer.api("GET", path, lawful=True)
        person = self.officer.api("GET", "people/", params={"limit": 1}).json()["results"][0]["id"]
        revealed = self.officer.api("POST", f"people/{person}/reveal/", lawful=True, json={"reason": f"核对{some}"})
        assert revealed.status_code == 200, revealed.text
        for tail in ("", "timeline/"):
            self.officer.api("GET", f"people/{person}/{tail}")
        self.officer.page("GET", f"people/{person}/")

    def _read_everything(self) -> None:
        readers = {"partner": self.clerks[0], "officer": self.officer, "manager": self.manager, "admin": self.admin}
        for role, reader in readers.items():
            for path in LISTS[role]:
                for form in ("", *(f"?format={one}" for one in DOWNLOADS)):
                    answer = reader.api("GET", path + form)
                    assert answer.status_code == 200, f"{role} {path}{form}: {answer.text[:300]}"
            for path in PAGES[role]:
                answer = reader.page("GET", path)
                assert answer.status_code == 200, f"{role} /{path}: {answer.text[:300]}"
        for path in ("/metrics", "/readyz", "/no/such/page/"):
            self.seen.append((path, httpx.get(self.url + path, timeout=PATIENCE).content))

    def _some(self) -> str:
        """A resident number that was taken in."""
        return next(one.number for one in self.population.of(0) if len(one.number) == 18)
