"""A year put through the API: set up by an officer, imported by files, moved in bulk, reported, and decided on."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from programs.retention import laying_out
from tests.factories import OfficerFactory, PartnerFactory
from tests.programs.recruitment.world import USCC, caller, done
from tests.support.http import Caller, every, get
from tests.support.partner import as_csv, number
from tests.support.scans import pdf
from tests.years.story import KINDS, MASTER, After, Candidate, Learner, Somebody, Year

BROKEN_USCC = USCC[:-1] + "X"
HELD = {"graduated_on": "2016-06-30", "awarded_on": "2017-05-31"}
SPAN = {"starts_on": "2018-12-01", "ends_on": "2029-12-31"}
Row = dict[str, Any]


class Driver:
    """Whoever works at the year: an officer, and a clerk at each organisation."""

    def __init__(self, year: Year, run_jobs: Callable[[], int]) -> None:
        self.year, self.run_jobs = year, run_jobs
        self.officer = caller(OfficerFactory())
        self.clerks: dict[str, Caller] = {}
        self.reports: list[int] = []

    def drive(self) -> None:
        """The whole year, in the order in which offices work."""
        self.set_up()
        self.register_positions()
        self.report_training()
        self.note_attendance()
        self.enter_candidates()
        self.move()
        self.arrive()
        self.decide()
        self.ask_who_stayed()

    def set_up(self) -> None:
        """Organisations, periods, programmes, cohorts, campaigns, and what was spent on them."""
        year, post = self.year, self._officer_posts
        for kind, codes in (("employer", year.employers), ("university", year.providers)):
            for code in codes:
                post("organisations/", {"code": code, "name_zh": f"单位{code}", "kind": kind})
                self.clerks[code] = caller(PartnerFactory(organisation=_organisation(code)))
        post("periods/generate/", {"frequency": "quarter", "from": "2019-01-01", "to": "2020-12-31"})
        training = {"code": "TRAIN", "name_zh": "大数据实训", "path": "trained", "organisations": year.providers}
        post("programmes/", training | SPAN)
        for one in year.cohorts:
            body = {"code": one.code, "programme": "TRAIN", "organisation": one.provider}
            post("cohorts/", body | {"starts_on": str(one.starts), "ends_on": str(one.ends)})
            self._spend("TRAIN", one.spent, cohort=one.code)
        for place, (code, spent) in enumerate(year.campaigns.items()):
            campaign = {"code": code, "name_zh": f"引才{code}", "path": "introduced", "organisations": year.employers}
            post("programmes/", campaign | SPAN)
            held = {"kind": KINDS[place % len(KINDS)], "starts_on": "2019-03-01", "ends_on": "2019-03-03"}
            post("campaigns/", {"code": code, **held})
            self._spend(code, spent)

    def register_positions(self) -> None:
        """Each employer's positions as a file."""
        for employer, posts in _by(self.year.posts, lambda one: one.employer).items():
            rows = [
                {
                    "岗位编号": one.ref,
                    "岗位名称": "工程师",
                    "职业": one.occupation,
                    "层次": one.level,
                    "需求人数": one.wanted,
                    "业态": one.segment,
                    "工作区县": one.district,
                    "开放日期": "2019-01-01",
                    "截止日期": one.until,
                }
                for one in posts
            ]
            self._upload(employer, sheet(rows), template="positions/1")

    def report_training(self) -> None:
        """Each cohort as a file of its provider's."""
        for one in self.year.cohorts:
            rows = [_learned(learner) for learner in self.year.learners if learner.cohort is one]
            self._upload(one.provider, as_csv(rows), period="2019-Q4")

    def note_attendance(self) -> None:
        """Each cohort's summaries as a file of its provider's."""
        for one in self.year.cohorts:
            noted = [learner for learner in self.year.learners if learner.cohort is one and learner.summary]
            if noted:
                self._upload(one.provider, sheet([_attended(learner) for learner in noted]), template="attendance/1")

    def enter_candidates(self) -> None:
        """Candidates by files of their employers; the last of each by a call of its own."""
        for employer, found in _by(self.year.candidates, lambda one: one.employer).items():
            *filed, last = found
            self._upload(employer, sheet([_candidate(one) for one in filed]), template="candidates/1")
            position = {one["ref"]: one["id"] for one in every(self.clerks[employer], "positions/")}
            told = _person(last.who) | {
                "ref": last.ref,
                "source": last.source,
                "campaign": last.campaign,
                "position": position[last.post.ref] if last.post else None,
                "day": str(last.steps[0].day),
            }
            body = {name: value for name, value in told.items() if value not in ("", None)}
            done(self.clerks[employer].post("candidates/", body, format="json"), 201)
        self._look()

    def move(self) -> None:
        """Every move, in bulk: whoever goes the same way on the same day; by the employer, and the officer for some."""
        moves: dict[tuple, list[Candidate]] = defaultdict(list)
        for one in self.year.candidates:
            by = one.employer if self.year.employers.index(one.employer) % 8 == 1 else ""
            for place, (before, step) in enumerate(pairwise(one.steps)):
                moves[step.day, place, before.to, step.to, step.reason, by].append(one)
        for (day, _place, before, to, reason, by), found in sorted(moves.items(), key=lambda item: item[0]):
            body: Row = {"ids": [one.id for one in found], "to": to, "expected": before, "day": str(day)}
            answer = done(
                (self.clerks[by] if by else self.officer).post(
                    "candidates/move/", body | ({"reason": reason, "note": "见记录"} if reason else {}), format="json"
                )
            )
            assert (answer["moved"], answer["skipped"]) == (len(found), []), answer["skipped"][:3]

    def arrive(self) -> None:
        """Evidence for each who arrives, and all of an employer's arrivals at once."""
        arriving = [one for one in self.year.candidates if one.arrives]
        evidence = pdf()
        for employer, found in _by(arriving, lambda one: one.employer).items():
            clerk = self.clerks[employer]
            for one in found:
                file = io.BytesIO(evidence)
                file.name = "post.pdf"
                body = {"kind": "post_evidence", "file": file}
                done(clerk.post(f"candidates/{one.id}/documents/", body, format="multipart"), 202)
            told = [
                {
                    "candidate": one.id,
                    "day": str(one.arrives),
                    "employer": "贵阳数谷公司",
                    "employer_uscc": BROKEN_USCC if one.refused else USCC,
                }
                for one in found
            ]
            answer = done(clerk.post("candidates/arrive/", {"arrivals": told}, format="json"), 202)
            assert (answer["arrived"], answer["skipped"]) == (len(found), [])
            self.run_jobs()
        self._look()
        assert all((one.record is None) == one.refused for one in arriving)

    def decide(self) -> None:
        """Rejected and returned one list at a time, the rest verified by filters."""
        records = {
            (one["cohort"], one["partner_ref"]): one["id"]
            for one in every(self.officer, "records/", path="trained", limit=500)
        }
        for learner in self.year.learners:
            learner.record = records[learner.cohort.code, _ref(learner)]
        for decision in ("reject", "return"):
            ids = [records[one.cohort.code, _ref(one)] for one in self.year.learners if one.decided == decision]
            ids += [one.record for one in self.year.candidates if one.decided == decision and one.record]
            for first in range(0, len(ids), 500):
                self._decide({"ids": ids[first : first + 500], "decision": decision, "reason": "核查"})
        for cohort in self.year.cohorts:
            if not cohort.left_waiting:
                self._decide({"filter": {"cohort": cohort.code, "state": "submitted"}, "decision": "verify"})
        verified = {(one.employer, one.campaign) for one in self.year.candidates if one.decided == "verify"}
        for employer, campaign in sorted(verified):
            chosen = {"organisation": employer, "programme": campaign, "state": "submitted"}
            self._decide({"filter": chosen, "decision": "verify"})

    def ask_who_stayed(self) -> None:
        """Whoever is asked answers what is so: by a file of each organisation, the last of it by a call of its own."""
        known: dict[int | None, Candidate | Learner] = {one.record: one for one in self.year.candidates}
        known |= {one.record: one for one in self.year.learners}
        for months in (6, 12):
            laying_out.lay_out()
            for code, clerk in self.clerks.items():
                asked = every(clerk, "retention/checks/", state="open", months=months, limit=500)
                told = [(row["id"], said(row, known[row["record"]].after)) for row in asked]
                answers = [(check, one) for check, one in told if one]
                if not answers:
                    continue
                *filed, (last, by_call) = answers
                if filed:
                    rows = [
                        {name: one.get(key, "") for name, key in ANSWER.items()} | {"问题编号": n} for n, one in filed
                    ]
                    self._upload(code, sheet(rows), template="retention/1")
                done(clerk.post(f"retention/checks/{last}/answer/", by_call, format="json"))
            self.run_jobs()

    def _decide(self, body: Row) -> None:
        answer = self.officer.post("records/decide/", body, format="json")
        assert answer.status_code in (200, 202), answer.content
        self.run_jobs()

    def _look(self) -> None:
        """The candidates' ids and records, by the employers' own references."""
        known = {(row["organisation"], row["ref"]): row for row in every(self.officer, "candidates/", limit=500)}
        for one in self.year.candidates:
            row = known[one.employer, one.ref]
            one.id, one.record = row["id"], row["record"]

    def _upload(self, code: str, content: bytes, **options: Any) -> None:
        file = io.BytesIO(content)
        file.name = "名单.csv"
        body = {"file": file, "confirm": "auto", **options}
        sent = done(self.clerks[code].post("submissions/", body, format="multipart"), 202)
        self.run_jobs()
        found = get(self.clerks[code], f"submissions/{sent['id']}/")
        if found["status"] != "accepted":
            raise AssertionError((found, get(self.clerks[code], f"submissions/{sent['id']}/findings/")["results"][:5]))

    def _spend(self, programme: str, fen: int, cohort: str | None = None) -> None:
        line = {"funding_source": "municipal", "purpose": "经费", "planned_fen": fen, "spent_fen": fen}
        self._officer_posts(f"programmes/{programme}/budget/", line | ({"cohort": cohort} if cohort else {}))

    def _officer_posts(self, path: str, body: Row) -> Any:
        answer = self.officer.post(path, body, format="json")
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()


ANSWER = {"答复": "answer", "离开日期": "left_on", "返回日期": "returned_on", "离开原因": "reason"}


def said(asked: Row, after: After) -> Row | None:
    """What is answered to a question, of the day that it is asked of; nothing by those who never answer."""
    day, trained = dt.date.fromisoformat(asked["falls_on"]), asked["path"] == "trained"
    if after.silent:
        return None
    if after.unknown:
        return {"answer": "unknown"}
    if after.left is None or after.left > day:
        return {"answer": ("not_employed" if after.idle else "employed_here") if trained else "stays"}
    away = {"left_on": str(after.left), "reason": "other_city"}
    if after.back and after.back <= day:
        return {"answer": "came_back", "returned_on": str(after.back), **away}
    return {"answer": "employed_elsewhere" if trained else "left", **away}


def sheet(rows: list[Row]) -> bytes:
    """Rows as a file in UTF-8, with the headers that they name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _person(who: Somebody) -> Row:
    """Who somebody is and what they hold, by the columns' codes."""
    found = {"name": who.name, "id_type": "111", "id_number": number(who.n)}
    if who.master:
        found |= {"education": MASTER, "school": "贵州大学", "graduated_on": HELD["graduated_on"]}
    if who.title:
        found |= {"title": who.title, "title_awarded_on": HELD["awarded_on"]}
    return found


def _learned(one: Learner) -> Row:
    return _person(one.who) | {
        "partner_ref": _ref(one),
        "path": "trained",
        "programme": "TRAIN",
        "cohort": one.cohort.code,
        "started_on": str(one.started),
        "completed_on": str(one.completed or ""),
        "outcome": one.outcome,
        "district": one.district,
        "segment": one.segment,
        "occupation": one.occupation,
    }


def _attended(one: Learner) -> Row:
    told = one.summary
    assert told
    return {
        "班次编号": one.cohort.code,
        "人员编号": _ref(one),
        "应出勤课次": told.held,
        "实际出勤课次": told.attended,
        "出勤课时": told.hours,
        "截至日期": told.until,
        "退出原因": told.reason,
    }


def _ref(one: Learner) -> str:
    return f"L{one.who.n:06d}"


def _candidate(one: Candidate) -> Row:
    person = _person(one.who)
    return {
        "候选人编号": one.ref,
        "姓名": person["name"],
        "证件类型": person["id_type"],
        "证件号码": person["id_number"],
        "学历": person.get("education", ""),
        "毕业院校": person.get("school", ""),
        "毕业日期": person.get("graduated_on", ""),
        "职称": person.get("title", ""),
        "职称取得日期": person.get("title_awarded_on", ""),
        "来源": one.source,
        "引才活动编号": one.campaign,
        "岗位编号": one.post.ref if one.post else "",
        "阶段日期": one.steps[0].day,
    }


def _by(rows: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _organisation(code: str) -> Any:
    from backend.accounts.models import Organisation

    return Organisation.objects.get(code=code)
