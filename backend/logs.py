"""What is logged and reported of errors, with every run that could be an identity number masked.

With ``LOG_FORMAT=json`` each entry is one line of JSON, with the action that it belongs to: the same id from the
request to the worker that carries out what it asked for.

The whole text of an entry is scrubbed, the way to an exception and its message included: what a library, a driver or a
slip of ours quotes of a row never stands in a log. Nobody has to remember to do it where something is logged.
"""

import datetime as dt
import json
import logging
import os
import sys
import traceback
from types import TracebackType
from typing import Any

from celery import current_task, signals
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from backend import tracing
from backend.audit import context
from backend.vault.masking import scrub

JSON = "json"


class ScrubbingFormatter(logging.Formatter):
    """Scrubs what another formatter makes of an entry, or what it makes itself."""

    def __init__(self, *args: Any, inner: logging.Formatter | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return scrub(self._inner.format(record) if self._inner else super().format(record))


class JSONFormatter(ScrubbingFormatter):
    """One JSON object a line. Texts are scrubbed one by one: ids and moments would be spoilt by masking."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        action = context.under_way()
        entry |= facts_of(action) if action else {}
        if "action" not in entry and (cause := tracing.cause()):
            entry["action"] = str(cause)
        if current_task:
            entry["task"] = current_task.name
        entry |= getattr(record, "facts", {})
        if record.exc_info:
            entry["exception"] = scrub(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False, default=str)


def facts_of(action: context.Action) -> dict[str, str | int]:
    """What an entry of the log says of an action: its id, and the ids of user, organisation and job where there are."""
    facts: dict[str, str | int] = {"action": str(action.id)}
    if action.user is not None:
        facts |= {"user": action.user.pk, "organisation": action.user.organisation_id}
    if action.job is not None:
        facts["job"] = action.job
    return facts


def as_json() -> bool:
    """Whether ``LOG_FORMAT`` asks for JSON; from the environment, as the web server logs before there are settings."""
    return os.environ.get("LOG_FORMAT", "plain") == JSON


class ScrubbingReporter(ExceptionReporter):
    """Django's report of an error, which holds every local variable and what was sent: all of it scrubbed."""

    def get_traceback_text(self) -> SafeString:
        return SafeString(scrub(super().get_traceback_text()))

    def get_traceback_html(self) -> SafeString:
        return SafeString(scrub(super().get_traceback_html()))


def scrub_handlers(logger: logging.Logger) -> None:
    """Have what a logger's handlers write scrubbed, whoever set them up."""
    for handler in logger.handlers:
        if not isinstance(handler.formatter, ScrubbingFormatter):
            plain = ScrubbingFormatter(inner=handler.formatter or logging.Formatter())
            handler.setFormatter(JSONFormatter() if as_json() else plain)


@signals.after_setup_logger.connect
@signals.after_setup_task_logger.connect
def _scrub_celery(logger: logging.Logger, **_: object) -> None:
    scrub_handlers(logger)


def tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught, as Python tells it at a process's end, scrubbed."""
    sys.stderr.write(scrub("".join(traceback.format_exception(kind, error, trace))))
