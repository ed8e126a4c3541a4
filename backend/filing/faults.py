"""Why a file is refused, in sentences that say what to do."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from backend.problems import FieldError, Invalid
from backend.vault.files.media import Outline, Refused, outline

INFECTED = "infected"
UNCHECKED = "unchecked"
MEGABYTE = 1024 * 1024


class Refusal(NamedTuple):
    """Why a file is refused, as a code and in a sentence."""

    code: str
    sentence: str


def refusal(fault: str) -> Refusal:
    """A fault in the reader's language; the fault is one of ``media.Refused``'s, ``infected`` or ``unchecked``."""
    told = {
        "unknown": _("This is no PDF, JPEG or PNG by its content. Scan or photograph the paper and send that."),
        "damaged": _("The file is damaged or cut off and cannot be opened. Save it anew and send it again."),
        "disguised": _("The file holds something else besides what it shows. Save it anew and send it again."),
        "encrypted": _("The PDF is protected. Save it without protection and send it again."),
        "oversized": _(
            "The picture or document is larger than is taken. Send a smaller scan of what is asked for alone."
        ),
        "active": _("The PDF holds scripts or other files. Print it to a new PDF and send that."),
        UNCHECKED: _("The file could not be checked. Send it again; if that happens again, tell the bureau."),
        INFECTED: _("The virus scanner found something in the file; it was put away. Have the computer checked."),
    }
    return Refusal(fault, told[fault])


def outline_of(data: bytes) -> Outline:
    """What a file is, as far as a request can look.

    Raises:
        Invalid: it is empty, too large, of no known kind, damaged, disguised or encrypted.
    """
    if not data:
        raise Invalid([FieldError("file", "empty", _("The file is empty."))])
    if len(data) > settings.EVIDENCE_BYTES:
        told = _("The file is larger than %(most)d MB. Send a smaller scan of what is asked for alone.")
        raise Invalid([FieldError("file", "too_large", told % {"most": settings.EVIDENCE_BYTES // MEGABYTE})])
    try:
        return outline(data, most_pixels=settings.EVIDENCE_PIXELS)
    except Refused as fault:
        raise Invalid([FieldError("file", *refusal(fault.fault))]) from fault
