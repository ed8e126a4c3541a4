"""The sentences of a briefing about one target, in the reader's language.

Every number in them is a reference. Whatever counts heads in words goes through the plural forms, and each direction
has a sentence of its own, so that no number needs a sign.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.naming import in_language
from programs.briefings.comparing import Change, day
from programs.briefings.kinds import Period
from programs.briefings.numbers import heads, level, percent, tenths
from programs.briefings.parts import Span, Text, Value, filled
from programs.snapshots.models import Snapshot
from programs.targets.figures import Reason
from programs.targets.landing.showing import said

Figure = Mapping[str, Any]


def on(value: Any) -> str:
    """A day in words."""
    # Translators: how a date is written, in Django's letters.
    return date_format(value if hasattr(value, "year") else day(value), _("j F Y"))


def title(plan: str, period: Period) -> tuple[str, str]:
    """What a briefing is called, in two parts between which a line may end."""
    return in_language(plan, f"{plan}:"), _("briefing for %(period)s") % {"period": period.label}


def standing(name: str, figure: Figure, as_of: Any, link: str) -> Text:
    """Heads, goal and completion rate."""
    return filled(
        _("As of %(day)s, “%(target)s” stands at %(achieved)s of %(goal)s, which is %(rate)s of the goal."),
        day=on(as_of),
        target=name,
        achieved=Span(heads(figure["achieved"]), link),
        goal=Span(heads(figure["goal"]), link),
        rate=Span(percent(figure["completion_rate"]), link),
    )


def against_time(figure: Figure, link: str) -> Text:
    """Completion beside the elapsed time (序时进度), in percentage points."""
    points = (figure["completion_rate"] - figure["elapsed_rate"]) * 100
    values = {
        "elapsed": Span(percent(figure["elapsed_rate"]), link),
        "points": Span(tenths(abs(points)), link),
    }
    if level(points):
        return filled(_("%(elapsed)s of its time has passed: it is level with the elapsed time."), **values)
    if points > 0:
        return filled(_("%(elapsed)s of its time has passed: it is %(points)s percentage points ahead."), **values)
    return filled(_("%(elapsed)s of its time has passed: it is %(points)s percentage points behind."), **values)


def pace(figure: Figure, link: str) -> list[Text]:
    """At what pace it grew lately, and which one would just reach the goal."""
    told = [
        filled(_("No month of it has ended yet, so no pace can be told."))
        if figure["pace"] is None
        else filled(
            _("Its pace over the last finished months is %(pace)s in 30 days."),
            pace=Span(tenths(figure["pace"]), link),
        )
    ]
    if figure["achieved"] >= figure["goal"]:
        return [*told, filled(_("The goal is reached."))]
    if figure["required_pace"] is None:
        return [*told, filled(_("Its time is over, and the goal was not reached."))]
    needed = Span(tenths(figure["required_pace"]), link)
    return [*told, filled(_("Reaching the goal in time takes %(pace)s in 30 days."), pace=needed)]


def landing(figure: Figure, ends_on: str, link: str) -> Text:
    """Where it is expected to stand at its end, or why that is not told."""
    found = figure["landing"]
    if found["median"] is None:
        reason = found["reason"]
        return (Span(said(Reason(**reason)), link),) if reason else ()
    values = {name: Span(heads(found[name]), link) for name in ("low", "median", "high")}
    if found["low"] == found["high"]:
        return filled(_("On %(end)s it is expected to stand at %(median)s."), end=on(ends_on), **values)
    return filled(
        _(
            "On %(end)s it is expected to stand between %(low)s and %(high)s (80%% interval), with %(median)s in the"
            " middle; it reaches the goal with a probability of %(probability)s."
        ),
        end=on(ends_on),
        probability=Span(percent(found["probability"]), link),
        **values,
    )


def still_here(figure: Figure, link: str) -> Text:
    """How many of the heads have not left; nothing where nobody counts or it was not frozen."""
    here, achieved = figure.get("still_here"), figure["achieved"]
    if here is None or not achieved:
        return ()
    left = achieved - here
    if not left:
        return filled(_("Nobody of them is known to have left."))
    staying = filled(
        ngettext("%(here)s of them is still here", "%(here)s of them are still here", here),
        here=Span(heads(here), link),
    )
    gone = filled(
        ngettext("%(left)s of them has left", "%(left)s of them have left", left),
        left=Span(heads(left), link),
    )
    return filled(_("%(staying)s, and %(gone)s."), staying=staying, gone=gone)


def new(period: Period, count: int, link: str) -> Text:
    """What the period added."""
    values: dict[str, Value] = {"period": period.label, "n": Span(heads(abs(count)), link)}
    if count < 0:
        return filled(_("In %(period)s, it fell by %(n)s on balance."), **values)
    if not count:
        return filled(_("In %(period)s, the figure grew by %(n)s."), **values)
    return filled(ngettext("In %(period)s, %(n)s was added.", "In %(period)s, %(n)s were added.", count), **values)


def year_on_year(change: Change, link: str) -> Text:
    """同比, or why there is none."""
    rate, values = change.rate, _beside(change, link)
    if change.base is None:
        return filled(_("There is no whole period of the year before to compare it with."))
    if rate is None:
        told = _(
            "In the same period of the year before it was %(base)s: on such a base no year-on-year rate is defined."
        )
        return filled(told, **values)
    if level(rate * 100):
        return filled(_("Year on year that is unchanged (%(base)s the year before)."), **values)
    if rate > 0:
        return filled(_("Year on year that is up by %(rate)s (%(base)s the year before)."), **values)
    return filled(_("Year on year that is down by %(rate)s (%(base)s the year before)."), **values)


def period_on_period(change: Change, link: str) -> Text:
    """环比, or why there is none."""
    rate, values = change.rate, _beside(change, link)
    if change.base is None:
        return filled(_("There is no whole period just before to compare it with."))
    if rate is None:
        told = _("In the period just before it was %(base)s: on such a base no period-on-period rate is defined.")
        return filled(told, **values)
    if level(rate * 100):
        return filled(_("Against the period just before that is unchanged (%(base)s then)."), **values)
    if rate > 0:
        return filled(_("Against the period just before that is up by %(rate)s (%(base)s then)."), **values)
    return filled(_("Against the period just before that is down by %(rate)s (%(base)s then)."), **values)


def since(name: str, now: Figure, then: Figure, links: tuple[str, str]) -> list[Text]:
    """A target beside what the snapshot before had published of it.

    Args:
        name: the target's.
        now: its figure.
        then: its figure in the snapshot before.
        links: where both are opened, in this order.
    """
    delta = now["achieved"] - then["achieved"]
    points = (now["completion_rate"] - then["completion_rate"]) * 100
    values: dict[str, Value] = {
        "target": name,
        "now": Span(heads(now["achieved"]), links[0]),
        "then": Span(heads(then["achieved"]), links[1]),
        "n": Span(heads(abs(delta)), links[0]),
        "points": Span(tenths(abs(points)), links[0]),
    }
    if not delta:
        told = [filled(_("“%(target)s” stands at %(now)s as it did then."), **values)]
    elif delta > 0:
        told = [filled(_("“%(target)s” rose from %(then)s to %(now)s, by %(n)s."), **values)]
    else:
        told = [filled(_("“%(target)s” fell from %(then)s to %(now)s, by %(n)s."), **values)]
    if now["goal"] != then["goal"]:
        goals = {"was": Span(heads(then["goal"]), links[1]), "is": Span(heads(now["goal"]), links[0])}
        told.append(filled(_("Its goal was %(was)s then and is %(is)s now."), **goals))
    if not level(points):
        rose = _("Its completion rate rose by %(points)s percentage points.")
        fell = _("Its completion rate fell by %(points)s percentage points.")
        told.append(filled(rose if points > 0 else fell, **values))
    return told


def pending(snapshot: Snapshot, link: str) -> Text:
    """How many persons were still to be settled when the snapshot was published."""
    count = snapshot.pending
    if not count:
        return filled(_("Nobody was still to be settled when it was published."))
    return filled(
        ngettext(
            "%(n)s person was still to be settled when it was published; what they change is not in these figures.",
            "%(n)s persons were still to be settled when it was published; what they change is not in these figures.",
            count,
        ),
        n=Span(heads(count), link),
    )


def others(count: int, dimension: str) -> str:
    """The row that stands for the parts that have none of their own."""
    if dimension == "organisation":
        told = ngettext("%(n)s other organisation", "%(n)s other organisations", count)
    else:
        told = ngettext("%(n)s other", "%(n)s others", count)
    return told % {"n": heads(count)}


def _beside(change: Change, link: str) -> dict[str, Span]:
    return {
        "rate": Span(percent(abs(change.rate or 0.0)), link),
        "base": Span(heads(change.base or 0), link),
    }
