"""How many messages a robot gets in a minute: counted on its row, so that all workers of all machines keep it together.

Counted in the database and not in Valkey, where limits are waived while it is away: a robot that is overrun is shut for
ten minutes by its maker.
"""

import datetime as dt

from backend import clock
from backend.accounts import scope
from backend.messages.endpoints.models import Endpoint

WINDOW = dt.timedelta(seconds=65)
"""A minute, and what a message may take longer than the one before it to arrive."""


def take_place(endpoint_id: int, most: int) -> float:
    """Takes one of ``most`` places in any window; else how many seconds until there is one, with none taken."""
    with scope.everything():
        endpoint = Endpoint.objects.select_for_update().only("recent").get(pk=endpoint_id)
        now = clock.now()
        recent = [at for at in endpoint.recent if now - WINDOW < at <= now]
        if len(recent) >= most:
            return max((recent[-most] + WINDOW - now).total_seconds(), 1.0)
        endpoint.recent = [*recent, now]
        endpoint.save(update_fields=["recent"])
        return 0.0
