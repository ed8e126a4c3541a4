"""What the rules say, in Chinese and in English: (Chinese, English) throughout.

``{column}`` is the column's name, every other ``{…}`` a param of the finding. Messages are for the clerk who has the
file open: what happened, where, what to do.
"""

from programs.intake.rules_text.files import FILES
from programs.intake.rules_text.rows import ROWS
from programs.intake.rules_text.text import Said, Text
from programs.intake.rules_text.values import VALUES
from programs.intake.rules_text.warnings import WARNINGS

__all__ = ["TEXTS", "Said", "Text"]

TEXTS: dict[str, Text] = FILES | VALUES | ROWS | WARNINGS
"""The words of every rule by its code."""
