"""What the planner of the database is told where it cannot know better."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper


@contextmanager
def compared_as_wholes(cursor: CursorWrapper) -> Iterator[None]:
    """Joins within it take each side as a whole, and look nothing up one by one.

    For statements of thousands of rows that the planner takes for a few. Lateral joins go by index in any case. A
    statement that fails ends the transaction, and what was told with it.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
