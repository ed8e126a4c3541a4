"""Who does which kind of job."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend.jobs.run import Run

Handler = Callable[["Run"], dict[str, Any] | None]

_handlers: dict[str, Handler] = {}
_behind: dict[str, tuple[str, ...]] = {}


def handles(kind: str, *, behind: Collection[str] = ()) -> Callable[[Handler], Handler]:
    """Register ``handler(run)`` for jobs of ``kind``, in a room's ``handlers`` module.

    The handler opens its own transactions and scopes, and calls ``run.hold()`` or ``run.finish()`` in each that makes
    an effect. What it returns is the job's result. A worker may die at any line of it and another one starts it again
    from the beginning: what it has committed so far must be found and not be done twice.

    Args:
        kind: the jobs that it does.
        behind: kinds that go first: as long as one of them waits or is being done, a job of ``kind`` is not begun,
            for ``lease.GIVES_WAY_SECONDS`` at most.

    Raises:
        ValueError: another handler has the kind.
    """

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(kind, handler) is not handler:
            raise ValueError(f"Two handlers for jobs of kind “{kind}”.")
        _behind[kind] = tuple(behind)
        return handler

    return register


def handler(kind: str) -> Handler | None:
    """The handler of ``kind``, if there is one."""
    return _handlers.get(kind)


def patient() -> list[str]:
    """The kinds that go behind others, in order."""
    return sorted(kind for kind, first in _behind.items() if first)


def goes_behind(kind: str) -> tuple[str, ...]:
    """The kinds that go before ``kind``."""
    return _behind.get(kind, ())
