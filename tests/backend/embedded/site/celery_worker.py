"""A worker whose one task, rung by beat, writes that it ran."""

import os
from pathlib import Path

from celery import Celery

app = Celery("site", broker=os.environ["REDIS_URL"])
app.conf.beat_schedule_filename = "var/beat"
app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 0.5}}


@app.task(name="tick")
def tick() -> None:
    """Leave a mark for each run."""
    with Path("var/ticks").open("a") as file:
        file.write(f"{os.getpid()}\n")
