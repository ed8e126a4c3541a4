"""Why an officer did something, as a page's form says it."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backend.problems import Invalid

REASON = 2000
"""The longest reason that is taken."""


def reason_of(request: HttpRequest) -> str:
    """Why, in the officer's words. Raises Invalid where there are none, or far too many."""
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    if not reason:
        raise Invalid([("reason", "required", _("Give a reason; it stays on the trail."))])
    if len(reason) > REASON:
        raise Invalid([("reason", "max_length", _("A reason has at most %(most)d characters.") % {"most": REASON})])
    return reason
