"""Which columns of a list are shown and downloaded: ``?columns=name,state``, in that order; else all that it has."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from backend.problems import FieldError, Invalid


def chosen(given: Iterable[str], known: Sequence[str]) -> list[str]:
    """The columns that an address names, each once, in its order; none where it names none.

    Args:
        given: the values of ``columns``, each one name or several parted by commas.
        known: the columns that the list has.

    Raises:
        Invalid: the list has no such column.
    """
    names = list(dict.fromkeys(name for value in given for name in value.split(",") if name))
    told = _("This list has no column “%(name)s”. It has: %(known)s.")
    listed = ", ".join(known) or _("none")
    unknown = [
        FieldError("columns", "unknown_column", told % {"name": name[:80], "known": listed})
        for name in names
        if name not in known
    ]
    if unknown:
        raise Invalid(unknown)
    return names
