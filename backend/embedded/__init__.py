"""PostgreSQL 18 and Valkey from their wheels, supervised: the real things, with nothing to install on the machine.

`environment()` tells how to reach the running services, `running()` has them for the length of a block, and
`python -m backend.embedded` does the same on the command line. Nothing here knows of Django.
"""

from backend.embedded.errors import EmbeddedError, NotRunningError
from backend.embedded.services import environment, running, start, stop

__all__ = ["EmbeddedError", "NotRunningError", "environment", "running", "start", "stop"]
