"""What is wrong with the trail, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from backend.chain.verifying import Reason

REASONS = {
    Reason.CHANGED: lazy("Entry %(id)s of the trail is not what was sealed: somebody changed it."),
    Reason.DELETED: lazy("Entry %(id)s of the trail was sealed and is gone: somebody deleted it."),
    Reason.INSERTED: lazy("Entry %(id)s of the trail was written in afterwards: its number was closed before it came."),
    Reason.BACKDATED: lazy(
        "Entry %(id)s of the trail says that it was made earlier than it can have been: it was back-dated."
    ),
    Reason.TWICE: lazy("Entry %(id)s of the trail is sealed twice; the last time under seal %(seal)s."),
    Reason.UNSEALED: lazy(
        "Entry %(id)s of the trail has not been sealed for too long. See whether worker and beat run, and verify again."
    ),
    Reason.SEAL_MISSING: lazy("Seal %(seal)s is gone; the first entry that it answered for is %(id)s."),
    Reason.SEAL_CHANGED: lazy(
        "Seal %(seal)s is not what was made here; nothing answers for the entries from %(id)s on."
    ),
    Reason.REWRITTEN: lazy(
        "The chain from seal %(seal)s on, which begins with entry %(id)s, is not the one that was given out before."
    ),
    Reason.CUT: lazy(
        "The end of the trail is cut off: an anchor knows of entry %(id)s and of seal %(seal)s, which is not there."
    ),
}


def said(broken: Mapping[str, Any]) -> str:
    """What is wrong, for ``Broken.as_dict``."""
    unknown = lazy("unknown")
    return str(REASONS[Reason(broken["reason"])]) % {
        name: unknown if broken[name] is None else broken[name] for name in ("id", "seal")
    }
