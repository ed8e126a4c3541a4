"""What the weekly digest says, in its recipient's language. No number and no name stands in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talent.reveals.selectors import Revealer

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in both its forms."""

    subject: str
    text: str
    html: str


def digest(revealers: Sequence[Revealer], monday: dt.date, language: str) -> Letter:
    """The letter about one week, unusual counts first as ``revealers`` come."""
    with translation.override(language):
        year, number, _day = monday.isocalendar()
        week = f"{year}-W{number:02}"
        total = sum(one.count for one in revealers)
        subject = _("Identity numbers revealed, %(week)s: %(total)d") % {"week": week, "total": total}
        span = {"week": week, "first": monday, "last": monday + dt.timedelta(days=6)}
        opening = _("In the week %(week)s (%(first)s to %(last)s)") % span + " "
        opening += (
            ngettext(
                "identity numbers were seen in full %(total)d time.",
                "identity numbers were seen in full %(total)d times.",
                total,
            )
            % {"total": total}
            if total
            else _("nobody saw an identity number in full.")
        )
        lines = [(_line(one), _reasons(one)) for one in revealers]
        ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
    address = f"{settings.SITE_URL.rstrip('/')}/reveals/?week={week}"
    parts = [opening, *(f"- {line}\n{_indented(reasons)}".rstrip() for line, reasons in lines), address]
    items = format_html_join(
        "",
        "<li>{}<ul>{}</ul></li>",
        ((line, format_html_join("", "<li>{}</li>", ((one,) for one in reasons))) for line, reasons in lines),
    )
    html = format_html(
        '<!doctype html><html lang="{}"><body><p>{}</p><ul>{}</ul><p><a href="{}">{}</a></p><p>{}</p></body></html>',
        *(language, opening, items, address, address, ending),
    )
    return Letter(subject, "\n\n".join(parts) + f"\n\n-- \n{ending}\n", html)


def _line(one: Revealer) -> str:
    values = {"user": one.user, "count": one.count, "people": one.people, "usual": one.usual}
    if one.unusual:
        return _("UNUSUAL: %(user)s, %(count)d times, of %(people)d people; usual is %(usual)s a week") % values
    return _("%(user)s, %(count)d times, of %(people)d people; usual is %(usual)s a week") % values


def _reasons(one: Revealer) -> list[str]:
    told = [f"{reason} × {times}" for reason, times in one.reasons[:MOST_REASONS]]
    rest = len(one.reasons) - MOST_REASONS
    return [*told, _("and %(rest)d other reasons") % {"rest": rest}] if rest > 0 else told


def _indented(reasons: Sequence[str]) -> str:
    return "\n".join(f"    {reason}" for reason in reasons)
