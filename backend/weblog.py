"""gunicorn's log: its own entries are scrubbed as ours are, and of the same form."""

from typing import Any

from gunicorn.glogging import Logger

from backend.logs import as_json, scrub_handlers
from backend.tracing import FACTS
from backend.vault.masking import scrub


class ScrubbedLogger(Logger):
    """As gunicorn's, with identity numbers masked, and in JSON where the log is."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            scrub_handlers(logger)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """One entry for each request; in JSON with the action that it was, and without the query as otherwise too."""
        if not as_json():
            super().access(resp, req, environ, request_time)
        elif self.access_log_enabled:
            method, path = environ.get("REQUEST_METHOD", ""), scrub(environ.get("PATH_INFO", ""))
            status = str(resp.status).partition(" ")[0]
            facts = {
                **environ.get(FACTS, {}),
                "method": method,
                "path": path,
                "status": int(status) if status.isdigit() else status,
                "duration_ms": round(request_time.total_seconds() * 1000),
                "address": environ.get("REMOTE_ADDR", ""),
            }
            self.access_log.info("%s %s %s", method, path, status, extra={"facts": facts})
