"""What a partner reads on a record that comes back with a lot: in Chinese and English, because nobody asks for it."""

from collections import Counter
from collections.abc import Callable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.naming import in_language
from programs.intake.columns import COLUMNS
from programs.review.sampling.models import DefectClass, Lot, LotDefect

LANGUAGES = ("zh-hans", "en")
MOST_COLUMNS = 8
LONGEST_NOTE = 300


def column_name(code: str) -> str:
    """A column of the template in the language that is active."""
    return next((in_language(one.zh, one.en) for one in COLUMNS if one.code == code), code)


def told(defect: LotDefect) -> str:
    """One defect: its column, how grave, and what is wrong."""
    grave = DefectClass(defect.defect_class).label
    note = defect.note if len(defect.note) <= LONGEST_NOTE else defect.note[: LONGEST_NOTE - 1] + "…"
    named = f"{column_name(defect.column)} ({grave})"
    return f"{named}: {note}" if note else named


def reason_of_unit(defects: Sequence[LotDefect]) -> str:
    """Why a record that was looked at comes back."""
    return _in_both(lambda: _("Found when it was looked at: %(found)s.") % {"found": "; ".join(map(told, defects))})


def by_column(defects: Sequence[LotDefect]) -> tuple[tuple[str, str], ...]:
    """What is wrong with a record that was looked at, by column, as a return by fields has it."""
    told_of: dict[str, list[str]] = {}
    for one in defects:
        told_of.setdefault(one.column, []).append(one.note or str(DefectClass(one.defect_class).label))
    return tuple((column, "; ".join(notes)) for column, notes in sorted(told_of.items()))


def reason_of_lot(lot: Lot, defects: Sequence[LotDefect]) -> str:
    """Why a record comes back that was not looked at itself, with what was found in the lot by column."""
    counted = Counter(one.column for one in defects)

    def say() -> str:
        verdict = ngettext(
            "Lot %(lot)s was not accepted: of %(sample)s records looked at, %(bad)s has errors; %(most)s may.",
            "Lot %(lot)s was not accepted: of %(sample)s records looked at, %(bad)s have errors; %(most)s may.",
            lot.nonconforming,
        ) % {
            "lot": lot.pk,
            "sample": f"{lot.sample_size:,}",
            "bad": f"{lot.nonconforming:,}",
            "most": f"{lot.accept_number:,}",
        }
        if lot.nonconforming <= lot.accept_number:
            verdict = _("Lot %(lot)s was not accepted: a critical defect was found.") % {"lot": lot.pk}
        listed = ", ".join(f"{column_name(code)} × {n}" for code, n in counted.most_common(MOST_COLUMNS))
        asked = _("Errors by column: %(listed)s. Check all records of the lot for these and send them again.")
        return f"{verdict} {asked % {'listed': listed}}"

    return _in_both(say)


def _in_both(say: Callable[[], str]) -> str:
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(say())
    return "\n".join(dict.fromkeys(said))
