"""gunicorn's log: its own entries are scrubbed as ours are."""

from typing import Any

from gunicorn.glogging import Logger

from backend.logs import scrub_handlers


class ScrubbedLogger(Logger):
    """As gunicorn's, with identity numbers masked."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            scrub_handlers(logger)
