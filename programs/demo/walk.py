"""The demonstration: the main job once through, over HTTP alone, and a check of all that must hold.

Upload → checks → findings → a row mended in place → confirm → an officer verifies → the roll-up by Celery → targets →
how each cohort goes → who has stayed → what is owed today → the reminders, as they were received.
It can be run again on the same data, and goes on where a run was cut short: the same bytes are told to be a duplicate,
sent again with force every row is unchanged, and no figure moves.
"""

import json
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from programs.demo.client import Api, Refused, TooSlow, wait
from programs.demo.make_files import EMPLOYER_FILE, FILES, UNIVERSITY_FILE
from programs.demo.reminding import Reminding
from programs.demo.screen import Screen, percent, status_text
from programs.demo.staying import Staying
from programs.demo.training import Training

TARGETS = ("high-end", "all")
UNDER_WAY = {"received", "checking", "committing"}
SETTLE_SECONDS = 60.0
PERIOD_END = "2019-03-31"


@dataclass(slots=True)
class Sent:
    """A file that was sent: its submission as it stands, and what must become of it.

    ``earlier`` is the submission of the same bytes that stood already; ``gains`` what the targets shall gain;
    ``verified`` whether anything of it was left to verify.
    """

    submission: dict[str, Any]
    expected: dict[str, Any]
    earlier: int | None
    gains: dict[str, int]
    verified: bool = False

    @property
    def first(self) -> bool:
        """Whether nobody sent these bytes before: then everything that must become of them is known."""
        return self.earlier is None

    @property
    def path(self) -> str:
        return f"submissions/{self.submission['id']}/"


class Walk:
    """One walk through the main job. ``run`` answers whether everything held.

    Args:
        base_url: the server's address.
        password: the demonstration's.
        language: in which it is shown.
        screen: where it is shown.
        box: the folder of the mail that the server's side keeps, if it keeps any.
    """

    def __init__(self, base_url: str, password: str, language: str, screen: Screen, box: Path | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.screen = screen
        self._language = language
        self._sign_in = lambda username: Api(base_url, username, password, language)
        self._broken = 0
        self._training = Training(screen, self._check)
        self._staying = Staying(screen, self._check)
        self._reminding = Reminding(screen, self._check, box)

    def run(self) -> bool:
        """Walks through; raises Refused or TooSlow where it cannot go on."""
        screen = self.screen
        screen.title(
            _("Shugu: the main job, once through"),
            _("Partners report people, officers verify them, a ledger counts each person once. All are made up here."),
        )
        with (
            self._sign_in("gzu") as university,
            self._sign_in("gufe") as finance,
            self._sign_in("gzhitech") as company,
            self._sign_in("officer") as officer,
            self._sign_in("manager") as manager,
        ):
            before = self._targets(manager)
            trained = self._report(university, officer, manager, UNIVERSITY_FILE)
            introduced = self._report(company, officer, manager, EMPLOYER_FILE)
            self._figures(manager, before)
            self._training.run(university=university, manager=manager)
            if not (trained.verified or introduced.verified):
                same = self._targets(manager) == before
                self._check(same, _("Sent again, nothing was counted twice: the figures are what they were."))
            self._staying.run(company=company, manager=manager)
            self._reminding.run(officer=officer, university=university, finance=finance, company=company)
        return self._broken == 0

    def _report(self, partner: Api, officer: Api, manager: Api, name: str) -> Sent:
        expected = json.loads((FILES / f"{name}.expected.json").read_text("utf-8"))
        before = self._targets(manager)
        self.screen.step(_("%(organisation)s sends %(file)s for %(period)s") % expected)
        sent = self._send(partner, FILES / name, expected)
        if sent.submission["status"] == "checked":
            self._show_findings(partner, sent)
            if sent.submission["counts"]["accepted"]:
                if sent.first and expected["mend"]:
                    self._mend(partner, sent)
                self._confirm(partner, sent)
            else:
                self._withdraw(partner, sent)
        self._verify(officer, manager, sent, before)
        shared = sum(rule == "W04" for _row, _column, rule in expected["findings"])
        if shared and sent.first:
            self.screen.say(
                _("%(count)d of them had been reported by another partner before: they count once.") % {"count": shared}
            )
        return sent

    def _send(self, partner: Api, file: Path, expected: dict[str, Any]) -> Sent:
        """Uploads the file, or finds the earlier upload that was cut short, and follows it until it is checked."""
        period = expected["period"]
        earlier = None
        try:
            submission = partner.upload(file, period=period)
        except Refused as refusal:
            if refusal.code != "duplicate_file":
                raise
            earlier = int(refusal.body["existing"])
            self.screen.say(refusal.body["detail"])
            submission = partner.get(f"submissions/{earlier}/")
            if submission["status"] in {"accepted", "partly_accepted"}:
                self.screen.say(_("So it is sent with force, to see what that changes."))
                submission = partner.upload(file, period=period, force="true")
            else:
                self.screen.say(_("That one was left unfinished, so it goes on from there."))
        submission = self._follow(partner, submission)
        if submission["status"] not in {"checked", "accepted", "partly_accepted"}:
            raise RuntimeError(f"submission {submission['id']}: {submission['status']} {submission['error']}")
        return Sent(submission, expected, earlier, dict(expected["targets"]))

    def _follow(self, partner: Api, submission: dict[str, Any]) -> dict[str, Any]:
        with self.screen.bar("") as bar:
            bar.follow(submission)
            path = f"submissions/{submission['id']}/"
            found = wait(lambda: bar.follow(partner.get(path)), lambda now: now["status"] not in UNDER_WAY)
            told = {"id": found["id"], "status": status_text(found["status"])}
            bar.end(_("submission %(id)s: %(status)s") % told)
        return found

    def _show_findings(self, partner: Api, sent: Sent) -> None:
        self.screen.counts(sent.submission["counts"])
        summary = list(partner.every(f"{sent.path}findings/summary/"))
        self.screen.summary(summary)
        found = list(partner.every(f"{sent.path}findings/"))
        self.screen.console.print()
        self.screen.findings(_examples(found))
        if sent.first:
            planted = Counter((row, rule) for row, _column, rule in sent.expected["findings"])
            told = Counter((one["row"], one["rule"]) for one in found)
            self._check(
                planted == told,
                _("Every one of the %(count)d mistakes planted in the file was found, and no clean row was blamed.")
                % {"count": planted.total()},
                _("The findings differ from what was planted: %(missed)s missed, %(more)s too many.")
                % {
                    "missed": sorted((planted - told).elements(), key=str),
                    "more": sorted((told - planted).elements(), key=str),
                },
            )
            counts = sent.submission["counts"]
            self._check(
                counts == sent.expected["counts"],
                _("The counts are what they must be."),
                f"{counts} ≠ {sent.expected['counts']}",
            )

    def _mend(self, partner: Api, sent: Sent) -> None:
        """The clerk mends one unknown district on the spot, which saves its row."""
        mend, before = sent.expected["mend"], sent.submission["counts"]
        [wrong] = partner.every(f"{sent.path}findings/", row=mend["row"])
        self.screen.step(_("The clerk mends row %(row)s on the spot") % mend)
        partner.patch(f"{sent.path}rows/{mend['row']}/", mend["values"])
        sent.submission = wait(
            lambda: partner.get(sent.path),
            lambda now: now["status"] == "checked" and now["counts"] != before,
            patience=20,
        )
        after = sent.submission["counts"]
        self.screen.say(f"{wrong['header']}: {wrong['value']} → {mend['values'][wrong['column']]}")
        self._check(
            (after["accepted"], after["rejected"]) == (before["accepted"] + 1, before["rejected"] - 1),
            _("One row more is good: %(accepted)d accepted, %(rejected)d rejected.") % after,
        )
        sent.expected["counts"] = after
        for code, gain in mend["targets"].items():
            sent.gains[code] += gain

    def _withdraw(self, partner: Api, sent: Sent) -> None:
        self._check(
            sent.submission["counts"]["unchanged"] > 0,
            _("Every row that was taken before is unchanged; there is nothing to confirm, so the upload is withdrawn."),
        )
        partner.post(f"{sent.path}cancel/")

    def _confirm(self, partner: Api, sent: Sent) -> None:
        self.screen.step(_("%(organisation)s confirms the good rows") % sent.expected)
        sent.submission = self._follow(partner, partner.post(f"{sent.path}confirm/"))
        counts = sent.submission["counts"]
        self.screen.counts(counts)
        if sent.first:
            wanted = sent.expected["counts"]
            self._check(counts == wanted, _("All of them are on the books."), f"{counts} ≠ {wanted}")

    def _verify(self, officer: Api, manager: Api, sent: Sent, before: dict[str, Any]) -> None:
        """An officer verifies whatever of the file still waits for a decision."""
        waiting = [
            submission
            for submission in {sent.submission["id"], sent.earlier} - {None}
            if officer.count("records/", submission=submission, state="submitted")
        ]
        if not waiting:
            return
        sent.verified = True
        self.screen.step(_("The officer verifies them, and Celery rolls the counts up"))
        for submission in waiting:
            chosen = {"submission": submission, "state": "submitted"}
            decided = officer.post("records/decide/", {"filter": chosen, "decision": "verify"})
            if "decided" not in decided:
                probe = partial(officer.get, f"jobs/{decided['id']}/")
                decided = wait(probe, lambda now: now["state"] not in {"queued", "running"})["result"]
            self.screen.say(_("%(decided)s records verified") % decided)
        with self.screen.bar(_("waiting for the ledger")) as bar:
            after = self._rolled_up(manager, sent, before)
            bar.end(_("posted to the ledger"))
        if sent.first:
            gained = {code: after[code]["achieved"] - before[code]["achieved"] for code in TARGETS}
            self._check(
                gained == sent.gains,
                _("%(all)d people more count, %(high)d of them high-end.")
                % {"all": gained["all"], "high": gained["high-end"]},
                f"{gained} ≠ {sent.gains}",
            )

    def _rolled_up(self, manager: Api, sent: Sent, before: dict[str, Any]) -> dict[str, Any]:
        """The targets once they have what they shall gain, or for as long as one may wait for that."""
        if not sent.first:
            return self._settled(manager)
        wanted = {code: before[code]["achieved"] + sent.gains[code] for code in TARGETS}
        try:
            return wait(
                lambda: self._targets(manager),
                lambda now: {code: now[code]["achieved"] for code in TARGETS} == wanted,
                patience=SETTLE_SECONDS,
            )
        except TooSlow:
            return self._targets(manager)

    def _settled(self, manager: Api) -> dict[str, Any]:
        """The targets once they have stood still for a moment: what a run that was cut short had done is unknown."""
        seen: list[dict[str, Any]] = []

        def probe() -> dict[str, Any]:
            seen.append(self._targets(manager))
            return seen[-1]

        return wait(probe, lambda now: len(seen) > 8 and all(one == now for one in seen[-8:]), patience=SETTLE_SECONDS)

    def _figures(self, manager: Api, before: dict[str, Any]) -> None:
        self.screen.step(_("The manager reads the figures"))
        after = self._targets(manager)
        self.screen.targets([(self._name(after[code]), before[code], after[code]) for code in TARGETS])
        for code in TARGETS:
            then = manager.get(f"targets/{code}/", as_of=PERIOD_END)
            told = {
                "day": PERIOD_END,
                "name": self._name(then),
                "achieved": f"{then['achieved']:,}",
                "rate": percent(then["completion_rate"]),
                "elapsed": percent(then["elapsed_rate"]),
            }
            self.screen.say(_("As of %(day)s, at %(elapsed)s of the time: %(achieved)s, %(rate)s. %(name)s") % told)
        for code, by, title in (("high-end", "basis", _("Counts by")), ("all", "district", _("District"))):
            self.screen.console.print()
            self.screen.breakdown(title, list(manager.every(f"targets/{code}/breakdown/", by=by)))
        for code in TARGETS:
            achieved = after[code]["achieved"]
            behind = manager.count(f"targets/{code}/people/")
            self._check(
                achieved == behind,
                _("Behind %(code)s stand exactly %(count)d people, each of whom can be opened.")
                % {"code": code, "count": behind},
                f"{code}: {achieved} ≠ {behind}",
            )
        sums = {
            by: sum(part["achieved"] for part in manager.every("targets/all/breakdown/", by=by))
            for by in ("organisation", "district", "path", "basis", "segment", "programme")
        }
        self._check(
            set(sums.values()) == {after["all"]["achieved"]},
            _("By organisation, district, path, credential, segment or programme: every breakdown sums to the total."),
            f"{sums}",
        )

    def _targets(self, manager: Api) -> dict[str, Any]:
        found = {code: manager.get(f"targets/{code}/") for code in TARGETS}
        # The books are closed on and on, whether or not anything is counted.
        return {code: {**figure, "known_at": None} for code, figure in found.items()}

    def _name(self, target: dict[str, Any]) -> str:
        return str(target["name_en" if self._language == "en" else "name_zh"])

    def _check(self, holds: bool, text: str, otherwise: str = "") -> None:
        if holds:
            self.screen.held(text)
        else:
            self._broken += 1
            self.screen.broken(otherwise or _("This does not hold: %(text)s") % {"text": text})


def _examples(found: list[dict[str, Any]], most: int = 8) -> list[dict[str, Any]]:
    """One finding of each of the most frequent rules, in the file's order."""
    frequent = [rule for rule, _count in Counter(one["rule"] for one in found).most_common(most)]
    chosen = [next(one for one in found if one["rule"] == rule) for rule in frequent]
    return sorted(chosen, key=lambda one: (one["row"] is not None, one["row"] or 0))
