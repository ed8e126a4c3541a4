"""What the pages call severities, gates and the states of exceptions."""

from django.utils.translation import gettext_lazy as lazy

from programs.intake.models import Override
from programs.intake.severities import LABELS as SEVERITIES

__all__ = ["GATES", "SEVERITIES", "STATES", "TONES"]

GATES = {
    "file": lazy("The file"),
    "columns": lazy("Its columns"),
    "cells": lazy("Its cells"),
    "rows": lazy("Rows against each other and the books"),
}

STATES = {
    Override.State.ASKED: lazy("Awaits an answer"),
    Override.State.GRANTED: lazy("Granted"),
    Override.State.REFUSED: lazy("Not granted"),
}

TONES = {Override.State.ASKED: "open", Override.State.GRANTED: "ok", Override.State.REFUSED: "returned"}
"""By state, the word whose badge has the fitting colour."""
