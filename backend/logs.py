"""What is logged and reported of errors, with every run that could be an identity number masked.

The whole text of an entry is scrubbed, the way to an exception and its message included: what a library, a driver or a
slip of ours quotes of a row never stands in a log. Nobody has to remember to do it where something is logged.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

from celery import signals
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from backend.vault.masking import scrub


class ScrubbingFormatter(logging.Formatter):
    """Scrubs what another formatter makes of an entry, or what it makes itself."""

    def __init__(self, *args: Any, inner: logging.Formatter | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return scrub(self._inner.format(record) if self._inner else super().format(record))


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
            handler.setFormatter(ScrubbingFormatter(inner=handler.formatter or logging.Formatter()))


@signals.after_setup_logger.connect
@signals.after_setup_task_logger.connect
def _scrub_celery(logger: logging.Logger, **_: object) -> None:
    scrub_handlers(logger)


def tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught, as Python tells it at a process's end, scrubbed."""
    sys.stderr.write(scrub("".join(traceback.format_exception(kind, error, trace))))
