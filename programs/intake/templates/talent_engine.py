"""How talent records are assessed and taken: part by part, compared with the books by set, loaded by COPY."""

from programs.intake.assessing import assess, prepare
from programs.intake.cases import open_cases as conclude
from programs.intake.loading import load as take

__all__ = ["assess", "conclude", "prepare", "take"]
