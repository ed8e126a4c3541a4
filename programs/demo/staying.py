"""The demonstration's part about who has stayed: some of the questions answered, one person gone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from programs.demo.client import Api, wait
from programs.demo.screen import Screen

ANSWERED = 12
"""So many of the employer's questions are answered; the others stay open, so that there is something to do."""


class Staying:
    """The part of the walk that is about who has stayed.

    Args:
        screen: where it is shown.
        check: told whether something holds.
    """

    def __init__(self, screen: Screen, check: Callable[..., None]) -> None:
        self.screen = screen
        self._check = check

    def run(self, *, company: Api, manager: Api) -> None:
        """The employer answers for some whom it introduced; the manager sees the second figure beside the first."""
        self.screen.step(_("Half a year after their arrival, the employer is asked who has stayed"))
        wait(lambda: company.count("retention/checks/"), bool)
        questions = list(company.every("retention/checks/", months=6))[:ANSWERED]
        answers = [_answer(place, one) for place, one in enumerate(questions) if one["state"] == "open" and _may(one)]
        if answers:
            company.post("retention/checks/answer/", {"answers": answers})
        asked, still_open = company.count("retention/checks/"), company.count("retention/checks/", state="open")
        told = {"answered": asked - still_open, "asked": asked}
        self.screen.say(_("%(answered)d of %(asked)d questions are answered.") % told)
        figure = wait(lambda: manager.get("targets/all/"), lambda now: now["still_here"] < now["achieved"])
        left = manager.count("targets/all/people/", left="true")
        shown = {"achieved": f"{figure['achieved']:,}", "here": f"{figure['still_here']:,}", "left": left}
        self._check(
            figure["achieved"] - figure["still_here"] == left,
            _("%(achieved)s count, as before; %(here)s of them are still here, and who has left can be opened.")
            % shown,
            f"{figure['achieved']} − {figure['still_here']} ≠ {left}",
        )


def _may(one: dict[str, Any]) -> bool:
    """Whether a question can be answered by now: its day has come."""
    return dt.date.fromisoformat(one["falls_on"]) <= dt.datetime.now(tz=dt.UTC).date()


def _answer(place: int, one: dict[str, Any]) -> dict[str, Any]:
    """The first has left, the fifth came back, of the ninth nothing is known; all others are still there."""
    since, falls_on = dt.date.fromisoformat(one["since"]), dt.date.fromisoformat(one["falls_on"])
    if place == 0:
        middle = since + (falls_on - since) / 2
        return {"check": one["id"], "answer": "left", "left_on": middle.isoformat(), "reason": "other_city"}
    if place == 4:
        return {
            "check": one["id"],
            "answer": "came_back",
            "left_on": (since + dt.timedelta(days=40)).isoformat(),
            "returned_on": (falls_on - dt.timedelta(days=20)).isoformat(),
            "reason": "study",
        }
    return {"check": one["id"], "answer": "unknown" if place == 8 else "stays"}
