"""The demonstration's last part: what is owed today, who is reminded of it, and the mail as its receivers see it.

Nothing here sends: the worker laid the reminders out when the obligations came to be, and whatever is called off or
asked for goes the product's own way, over its API, through the worker and over SMTP to a server that keeps it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.clock import BUREAU
from backend.embedded import mail
from programs.demo.client import Api, Refused, TooSlow, wait
from programs.demo.data import (
    COMPANY,
    CURRENT_PROGRAMME,
    FINANCE_UNIVERSITY,
    ORGANISATIONS,
    UNIVERSITY,
    current_periods,
)
from programs.demo.people import Population
from programs.demo.screen import Screen
from programs.periods.models import Obligation

Row = dict[str, Any]
Check = Callable[..., None]
OPEN = {"scheduled", "sending"}
TAKEN = {"accepted", "partly_accepted"}
ENDED = TAKEN | {"rejected", "failed", "cancelled"}
SHOWN = 12
"""So many messages are listed, the newest."""


class Reminding:
    """One walk from what is owed to the mail that went out.

    Args:
        screen: where it is shown.
        check: ``check(holds, text, otherwise)`` says whether something holds.
        box: the folder of the mail that was kept; ``None`` where mail goes to a server of somebody else's.
    """

    def __init__(self, screen: Screen, check: Check, box: Path | None) -> None:
        self.screen = screen
        self._check = check
        self._box = box

    def run(self, *, officer: Api, university: Api, finance: Api, company: Api) -> None:
        """Walks through; raises Refused or TooSlow where it cannot go on."""
        today = dt.datetime.now(tz=BUREAU).date()
        months = self._months(officer, today)
        self._show_owed(officer, today)
        if len(months) < 2:
            self.screen.say(_("The months of this system are divided in another way; nothing is reminded of here."))
            return
        closed, current = months[-2:]
        self._report(company, self._owed(company, COMPANY, current), today)
        self._confirm_zero(finance, self._owed(finance, FINANCE_UNIVERSITY, closed))
        self._remind(officer, university, self._owed(officer, UNIVERSITY, closed))
        self._show_mail(officer)

    def _months(self, officer: Api, today: dt.date) -> list[str]:
        """The codes of this month's period and of those before it, opened if the system has run since last month."""
        wanted = current_periods(today)
        body = {
            "frequency": wanted["frequency"],
            "from": wanted["first"].isoformat(),
            "to": wanted["last"].isoformat(),
            "working_days_after_end": wanted["working_days_after_end"],
        }
        try:
            officer.post("periods/generate/", body)
        except Refused as refusal:
            if refusal.status != 409:
                raise
        found = officer.every("periods/", frequency="month", ends_from=body["from"])
        return sorted(period["code"] for period in found if period["starts_on"] <= body["to"])

    def _owed(self, api: Api, organisation: str, period: str) -> Row:
        """What an organisation owes for a period."""
        asked = {"organisation": organisation, "period": period, "kind": Obligation.Kind.REPORTING.value}
        [owed] = wait(lambda: list(api.every("obligations/", **asked)), bool)
        return owed

    def _reminders(self, api: Api, owed: Row) -> list[Row]:
        return sorted(
            api.every("reminders/", obligation=owed["id"]), key=lambda row: (row["due_at"], row["stage"], row["id"])
        )

    def _show_owed(self, officer: Api, today: dt.date) -> None:
        self.screen.step(_("What the partners owe today"))
        since = current_periods(today)["first"].isoformat()
        self.screen.owed(list(officer.every("obligations/", due_from=since)), today)

    def _report(self, company: Api, owed: Row, today: dt.date) -> None:
        """A partner reports for the running month: its whole ladder is called off before it has begun."""
        self.screen.step(_("%(organisation)s reports for %(period)s before it is due") % owed)
        if self._is_missing(owed):
            before = wait(lambda: self._reminders(company, owed), bool)
            self.screen.say(_("%(count)d reminders had been laid out.") % {"count": len(before)})
            sent = self._send(company, owed["period"], today)
            if sent is None:
                return
            owed = wait(lambda: company.get(f"obligations/{owed['id']}/"), lambda now: now["state"] != "missing")
            self._check(
                owed["state"] == "reported" and owed["on_time"],
                _("It has reported, and on time."),
                f"{owed['state']} {owed['on_time']}",
            )
        self._show_called_off(company, owed)

    def _send(self, company: Api, period: str, today: dt.date) -> Row | None:
        """One person, sent and taken; ``None`` where the period is closed."""
        try:
            sent = company.post("submissions/", {"period": period, "confirm": "auto", "records": [_one(today)]})["id"]
        except Refused as refusal:
            if refusal.code != "duplicate_file":
                self._said(refusal)
                return None
            sent = refusal.body["existing"]
        found = wait(lambda: company.get(f"submissions/{sent}/"), lambda now: now["status"] in ENDED)
        if found["status"] not in TAKEN:
            raise RuntimeError(f"submission {sent}: {found['status']} {found['error']}")
        return found

    def _confirm_zero(self, finance: Api, owed: Row) -> None:
        """A partner has nothing to report for a month that is over."""
        self.screen.step(_("%(organisation)s confirms that there is nothing to report for %(period)s") % owed)
        if self._is_missing(owed):
            try:
                owed = finance.post(f"obligations/{owed['id']}/confirm-zero/")
            except Refused as refusal:
                self._said(refusal)
                return
        self._show_called_off(finance, owed)

    def _is_missing(self, owed: Row) -> bool:
        if owed["state"] == "missing":
            return True
        told = {"state": Obligation.State(owed["state"]).label}
        self.screen.say(_("This is “%(state)s” already.") % told)
        return False

    def _said(self, refusal: Refused) -> None:
        """Says why the server refused, where that is what its users have made of its data."""
        if refusal.status != 409:
            raise refusal
        self.screen.say(refusal.body["detail"])

    def _show_called_off(self, api: Api, owed: Row) -> None:
        """The reminders of what is not owed any more: what has gone out stays on the books, and nothing more will."""
        with suppress(TooSlow):
            wait(lambda: self._reminders(api, owed), lambda rows: not any(row["state"] in OPEN for row in rows))
        rows = self._reminders(api, owed)
        self.screen.ladder(rows)
        left = [row for row in rows if row["state"] in OPEN]
        self._check(not left, _("Nothing more goes out about it: what had not gone out is called off."), str(left))

    def _remind(self, officer: Api, university: Api, owed: Row) -> None:
        """An officer reminds a partner by hand, once a day at most."""
        self.screen.step(_("The officer reminds %(organisation)s of %(period)s") % owed)
        path = f"obligations/{owed['id']}/"
        try:
            asked = {row["id"] for row in officer.post(f"{path}remind/")}
        except Refused as refusal:
            self._said(refusal)
            return
        rows = wait(
            lambda: [row for row in self._reminders(officer, owed) if row["id"] in asked],
            lambda rows: all(row["attempts"] for row in rows),
        )
        self.screen.ladder(rows)
        wrong = [row for row in rows if row["state"] != "sent"]
        self._check(not wrong, _("The mail server has taken it."), str(wrong))
        until = dt.datetime.now(tz=BUREAU) + dt.timedelta(days=60)
        planned = list(university.every("reminders/preview/", at=until.isoformat()))
        if planned:
            self.screen.say(_("What follows by %(day)s if nothing comes:") % {"day": until.date()})
            self.screen.ladder(planned)

    def _show_mail(self, officer: Api) -> None:
        """Everything that was handed over, as it arrived."""
        rows = wait(
            lambda: list(officer.every("reminders/")),
            lambda rows: not any(row["state"] == "sending" and not row["attempts"] for row in rows),
        )
        self.screen.step(_("The mail, as it was received"))
        if self._box is None:
            self.screen.say(_("It went to the server of EMAIL_URL; look for it there. What that server said:"))
            self.screen.answers([row for row in rows if row["answer"]][:SHOWN])
            return
        received = mail.received(self._box)
        self.screen.received(received[-SHOWN:])
        self._show_letters(received, {row["message_id"]: (row["language"], row["audience"]) for row in rows})
        since = mail.since(self._box)
        sent = [row for row in rows if row["state"] == "sent" and dt.datetime.fromisoformat(row["sent_at"]) >= since]
        times = Counter((one.message_id, one.recipients, one.subject) for one in received)
        lost = [row for row in sent if times[row["message_id"], (row["recipient"],), row["subject"]] != 1]
        if sent:
            self._check(
                not lost,
                ngettext(
                    "The %(count)d reminder sent since the start came in once, under its own Message-ID.",
                    "Each of the %(count)d reminders sent since the start came in once, under its own Message-ID.",
                    len(sent),
                )
                % {"count": len(sent)},
                str(lost),
            )
        else:
            self.screen.say(_("Nothing went out since the start: everybody has been written to already."))
        off = {row["message_id"] for row in rows if row["state"] in {"cancelled", "skipped"}} - {None}
        came = [one.message_id for one in received if one.message_id in off]
        self._check(not came, _("Nothing came in that was called off."), str(came))

    def _show_letters(self, received: list[mail.Received], kinds: dict[str | None, tuple[str, str]]) -> None:
        """The latest letter to who reports in each language, and to the bureau."""
        latest = {kinds[one.message_id]: one for one in received if one.message_id in kinds}
        for (_language, audience), letter in sorted(latest.items()):
            if audience != "leader":
                self.screen.letter(letter)


def _one(today: dt.date) -> Row:
    """A person who came to the company on the first of this month."""
    day = today.replace(day=1)
    person = Population(f"{CURRENT_PROGRAMME} {day}").draw(seniors=0, postgraduates=0)
    [employer] = [one for one in ORGANISATIONS if one["code"] == COMPANY]
    return {
        "partner_ref": f"A{day:%Y%m}",
        "name": person.name,
        "id_type": "居民身份证",
        "id_number": person.number,
        "path": "引进",
        "programme": CURRENT_PROGRAMME,
        "started_on": day.isoformat(),
        "completed_on": day.isoformat(),
        "outcome": "完成",
        "employer": employer["name_zh"],
        "employer_uscc": employer["uscc"],
        "district": "观山湖区",
        "segment": "核心",
    }
