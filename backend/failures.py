"""How a failure is told: what went wrong, without the values that it went wrong on."""

import logging
import traceback

from backend.vault.masking import scrub

LENGTH = 500


def told(error: BaseException) -> str:
    """``error`` in one line for a row or a log, at most 500 characters.

    The first line alone, because PostgreSQL's further lines quote the row; identity numbers in it are masked.
    """
    lines = str(error).strip().splitlines()
    text = scrub(lines[0]) if lines else ""
    return f"{type(error).__name__}: {text}".rstrip(": ")[:LENGTH]


def log_failure(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log ``what`` failed with the way there, but not with the error's own text, which may quote a row."""
    way = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, told(error), way)
