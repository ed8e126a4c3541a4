"""The tags and filters of the pages' templates: icons, badges, figures, days, navigation."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from heroicons.templatetags.heroicons import heroicon_outline

from backend.health import watching
from backend.naming import in_language
from backend.web import looks
from backend.web.navigation import ICONS, SIDE_BY_SIDE, Entry, counters, entries, search

register = template.Library()

# What a state says at a glance; its word says it too, so nobody has to tell colours apart.
TONES = {
    "green": "accepted verified reported confirmed_zero sent done same ok active on_time reached",
    "yellow": "partly_accepted returned warning unknown overridden excused wrong_contact",
    "red": "rejected failed revoked error fatal overdue late inactive",
    "blue": "received checking committing running sending submitted info",
    "azure": "checked queued scheduled open promised",
    "orange": "missing",
    "secondary": "cancelled skipped withdrawn different not_reached",
}
_TONE = {word: tone for tone, words in TONES.items() for word in words.split()}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """A heroicon, hidden from screen readers: the words beside it say the same."""
    drawn = heroicon_outline(name, size=size, **{"class": "icon", "aria-hidden": "true", "focusable": "false"})
    return SafeString(drawn)


@register.simple_tag
def work_waits() -> bool:
    """Whether nobody is there at the moment to do what is handed in."""
    return watching.work_waits()


@register.simple_tag
def badge(word: str, label: Any) -> SafeString:
    """A state: its code, which gives the colour, and its name in the reader's language."""
    return format_html(
        '<span class="badge bg-{tone}-lt">{label}</span>', tone=_TONE.get(word, "secondary"), label=label
    )


def number(value: Any) -> str:
    """A figure with separators: 12,345; a dash for none."""
    if value is None or value == "":
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.1f}"


def signed(value: Any) -> str:
    """A difference with its sign: +1,234, −3, 0; a dash for none."""
    return "–" if value is None or value == "" else _sign(value) + number(abs(value))


register.filter("exact", number)  # for attributes, where no mark-up can stand


@register.filter("number")
def number_shown(value: Any) -> str:
    """A figure as its reader wants it: 12,345, or 1.23万 with 12,345 behind it."""
    return _shown_short(value, number(value))


@register.filter("signed")
def signed_shown(value: Any) -> str:
    """A difference as its reader wants it, with its sign."""
    if value is None or value == "":
        return signed(value)
    return _shown_short(abs(value), signed(value), _sign(value))


@register.simple_tag(takes_context=True, name="looks")
def looks_of(context: template.Context, user: Any = None) -> SafeString:
    """The attributes of ``<html>`` that say how the page is wanted: by its reader, else as this browser remembers."""
    theme = _theme(context, user)
    shown = "" if theme == looks.THEMES[0] else format_html(' data-bs-theme="{}"', theme)
    numbers = SafeString(f' data-numbers="{looks.MYRIADS}"') if looks.in_myriads() else ""
    return format_html(' data-looks="{}"{}{}', theme, shown, numbers)


@register.simple_tag(takes_context=True)
def looks_choices(context: template.Context, user: Any = None) -> dict[str, Any]:
    """What may be chosen of the looks, with what is: themes, and for readers of Chinese how numbers are written."""
    theme, numbers = _theme(context, user), getattr(user, "numbers", looks.PLAIN)
    themes = (
        ("auto", _("As the system says"), "computer-desktop"),
        ("light", _("Light"), "sun"),
        ("dark", _("Dark"), "moon"),
    )
    written = ((looks.PLAIN, "12,345"), (looks.MYRIADS, looks.shortened(12_345)))
    chinese = user is not None and (translation.get_language() or "").startswith("zh")
    return {
        "themes": [{"value": one, "label": label, "icon": mark, "chosen": one == theme} for one, label, mark in themes],
        "numbers": [{"value": one, "label": label, "chosen": one == numbers} for one, label in written if chinese],
    }


def _theme(context: template.Context, user: Any) -> str:
    return getattr(user, "theme", "") or looks.remembered(context.get("request"))


@register.filter
def percent(rate: Any) -> str:
    """A rate (1 is the whole) as a percentage with one decimal; a dash for none."""
    return "–" if rate is None or rate == "" else f"{float(rate):.1%}"


@register.filter
def signed_percent(rate: Any) -> str:
    """A change (0.25 is a quarter more) as a percentage with its sign; a dash for none."""
    return "–" if rate is None or rate == "" else f"{_sign(rate)}{abs(rate):,.1%}"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day as 2019-03-01, of the bureau's; a dash for none."""
    if not value:
        return "–"
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value.isoformat()


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment as 2019-03-01 09:30, in the bureau's time; a dash for none."""
    if not value:
        return "–"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local:%Y-%m-%d %H:%M}"


@register.filter
def named(thing: Any) -> str:
    """An organisation, programme, plan or target in the reader's language; what has no English name goes by Chinese."""
    return "–" if thing is None else in_language(str(thing.name_zh), str(thing.name_en or ""))


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[dict[str, Any]]:
    """The head's entries for whoever asks, each with its address and whether the reader is there.

    Where they are too many, each group is one entry that has the others ``inside``, at the place of its last.
    """
    request = context["request"]
    role, read_only = getattr(request.user, "role", ""), getattr(request.user, "read_only", False)
    found = [_shown(one, request.path) for one in entries(role, read_only)]
    here = max((one for one in found if one["near"]), key=lambda one: len(one["url"]), default=None)
    for one in found:
        one["here"] = one is here
    return _folded(found) if len(found) > SIDE_BY_SIDE else found


@register.simple_tag(takes_context=True)
def search_box(context: template.Context) -> dict[str, Any] | None:
    """The head's search box for whoever asks, with where it sends what is typed."""
    found = search(getattr(context["request"].user, "role", ""))
    return {"label": found.label, "url": reverse(found.url_name)} if found else None


@register.simple_tag(takes_context=True)
def head_counters(context: template.Context) -> list[dict[str, Any]]:
    """The head's pages with numbers for whoever asks: each with how much waits there, as a text (``99+``)."""
    request, found = context["request"], []
    for one in counters():
        waiting = one.count(request.user) if getattr(request.user, "is_authenticated", False) else 0
        if one.quiet and not waiting:
            continue
        text = f"{one.most - 1}+" if waiting >= one.most else str(waiting)
        url = reverse(one.url_name)
        here = request.path == url
        found.append({"label": one.label, "icon": one.icon, "url": url, "count": waiting, "text": text, "here": here})
    return found


def _folded(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        if one["group"]:
            groups.setdefault(one["group"], []).append(one)
    folded = []
    for one in found:
        inside = groups.get(one["group"], [])
        if len(inside) < 2:
            folded.append(one)
        elif one is inside[-1]:
            here = any(other["here"] for other in inside)
            icon_name = next((name for group, name in ICONS.items() if str(group) == one["group"]), inside[0]["icon"])
            folded.append({"label": one["group"], "icon": icon_name, "here": here, "inside": inside})
    return folded


def _shown(entry: Entry, path: str) -> dict[str, Any]:
    url = reverse(entry.url_name)
    near = path == url if url == "/" else path.startswith(url)
    return {"label": entry.label, "url": url, "icon": entry.icon, "near": near, "group": str(entry.group)}


def _shown_short(value: Any, exact: str, sign: str = "") -> str:
    short = "" if value is None or value == "" or not looks.in_myriads() else looks.shortened(value)
    return (
        format_html('<data class="short" value="{}" title="{}">{}{}</data>', value, exact, sign, short)
        if short
        else exact
    )


def _sign(value: Any) -> str:
    return "+" if value > 0 else "−" if value < 0 else ""
