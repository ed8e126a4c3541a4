"""The jobs of requests: the copy, and the erasure."""

from typing import Any

from backend.jobs.services import Run, handles
from programs.privacy.services import COPY, ERASE
from talent.reveals.selectors import counts_as_reveal

# A copy in full shows numbers as a reveal does.
counts_as_reveal("privacy.fetch")


@handles(COPY)
def copy(run: Run) -> dict[str, Any]:
    """Puts together what is held on a person."""
    # Not above: it brings in what a worker's pool need not be forked with.
    from programs.privacy import copying

    return copying.make(run)


@handles(ERASE)
def erase(run: Run) -> dict[str, Any]:
    """Erases a person."""
    # Not above: it brings in polars, which must not be there when a pool is forked.
    from programs.privacy import erasing

    return erasing.erase(run)
