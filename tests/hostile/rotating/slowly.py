"""For a worker whose rotations take two values at a time, so that there is a middle in which it can be killed."""

from dataclasses import replace

from celery.signals import worker_process_init

from backend.rotation import steps
from backend.vault import columns

AT_ONCE = 2


@worker_process_init.connect
def slowly(**_: object) -> None:
    """Once every room has declared what it seals."""
    steps.WAIT_SECONDS = 0.5
    steps.PASSES_REST_SECONDS = 0.1
    for name, column in columns._declared.items():
        columns._declared[name] = replace(column, at_once=min(column.at_once, AT_ONCE))
