"""What an alert says, in the reader's language."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import Organisation
from backend.web.templatetags.web import moment, named, percent, signed
from programs.alerts.models import Alert
from programs.snapshots.telling import joined, listed
from programs.targets.models import Target
from programs.targets.showing import said

Names = Mapping[tuple[str, str], Any]


def things_of(alerts: Iterable[Alert]) -> Names:
    """The targets and organisations that alerts are about, by kind and code."""
    codes = {kind: [one.subject for one in alerts if one.kind == kind] for kind in Alert.Kind}
    targets = Target.objects.filter(code__in=codes[Alert.Kind.OFF_PACE] + codes[Alert.Kind.DROP])
    organisations = Organisation.objects.filter(code__in=codes[Alert.Kind.SILENT])
    found: dict[tuple[str, str], Any] = {("target", one.code): one for one in targets}
    return found | {("organisation", one.code): one for one in organisations}


def about(alert: Alert, things: Names) -> str:
    """Whom or what an alert is about, by name."""
    if alert.kind == Alert.Kind.RECOUNT:
        return _("The books")
    thing = things.get(("organisation" if alert.kind == Alert.Kind.SILENT else "target", alert.subject))
    return named(thing) if thing else alert.subject


def title(alert: Alert, things: Names) -> str:
    """An alert in one line: what kind, about whom."""
    return _("Alert: %(kind)s, %(about)s") % {
        "kind": Alert.Kind(alert.kind).label,
        "about": about(alert, things),
    }


def sentence(alert: Alert, things: Names, measure: Mapping[str, Any] | None = None) -> str:
    """What was found, in a sentence: when the alert was raised, or by another ``measure`` of it."""
    values = alert.measure if measure is None else measure
    tell = {
        Alert.Kind.OFF_PACE: _off_pace,
        Alert.Kind.DROP: _drop,
        Alert.Kind.SILENT: _silent,
        Alert.Kind.RECOUNT: _recount,
    }[Alert.Kind(alert.kind)]
    return tell(about(alert, things), values)


def place(alert: Alert) -> str:
    """Where one can look into it: the path of a page."""
    if alert.kind == Alert.Kind.SILENT:
        return f"/obligations/?organisation={alert.subject}"
    if alert.kind == Alert.Kind.RECOUNT:
        return "/recounts/"
    return f"/targets/{alert.subject}/" + ("changes/" if alert.kind == Alert.Kind.DROP else "")


def _off_pace(target: str, measure: Mapping[str, Any]) -> str:
    told = _(
        "“%(target)s” was at %(completion)s of its goal on %(day)s, when %(elapsed)s of its time had passed:"
        " %(points)s percentage points behind."
    )
    return told % {
        "target": target,
        "completion": percent(measure["completion_rate"]),
        "elapsed": percent(measure["elapsed_rate"]),
        "day": _day(measure["as_of"]),
        "points": f"{abs(measure['points']):.1f}",
    }


def _drop(target: str, measure: Mapping[str, Any]) -> str:
    told = ngettext(
        "“%(target)s” fell within %(days)d day from %(before)s to %(achieved)s, by %(lost)s: %(reasons)s.",
        "“%(target)s” fell within %(days)d days from %(before)s to %(achieved)s, by %(lost)s: %(reasons)s.",
        measure["days"],
    )
    reasons = sorted(measure["reasons"].items(), key=lambda one: one[1])
    return told % {
        **{name: f"{measure[name]:,}" for name in ("before", "achieved", "lost")},
        "target": target,
        "days": measure["days"],
        "reasons": listed([f"{said(reason)} {signed(net)}" for reason, net in reasons]),
    }


def _silent(organisation: str, measure: Mapping[str, Any]) -> str:
    told = ngettext(
        "%(organisation)s has let %(missing)d report fall due and not sent it, that for %(since)s.",
        "%(organisation)s has let %(missing)d reports in a row fall due and not sent them, from %(since)s on.",
        measure["missing"],
    )
    heard = _("The last that came was for %(last)s.") if measure["last"] else _("None has ever come.")
    return joined([told, heard]) % {**measure, "organisation": organisation}


def _recount(_books: str, measure: Mapping[str, Any]) -> str:
    told = _(
        "The recount of %(at)s does not come to what the books say: persons that differ: %(differing)d, entries that"
        " contradict each other: %(amiss)d, sums of the cube that are wrong: %(astray)d."
    )
    return told % {**measure, "at": moment(dt.datetime.fromisoformat(measure["counted_at"]))}


def _day(day: str) -> str:
    # Translators: how a date is written, in Django's letters.
    return date_format(dt.date.fromisoformat(day), _("j F Y"))
