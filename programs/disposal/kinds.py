"""What disposal rules are made for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """A kind of thing that is kept for a time and then destroyed, and from which event its time runs."""

    ORIGINAL = "original", _("Original files, after they were taken")
    SHEET = "sheet", _("Sealed sheets, after they were taken")
    REFUSED = "refused", _("Files of refused, cancelled and failed submissions, after they came")
    EVIDENCE = "evidence", _("Files that show a credential, after they were filed")
    CANDIDATE = "candidate", _("Candidates who were not placed, after they left the way")
    CHECK_LIST = "check_list", _("Lists that were checked, after the answer")


SHIPPED = {
    Kind.ORIGINAL: 120,
    Kind.SHEET: 120,
    Kind.REFUSED: 24,
    Kind.EVIDENCE: 120,
    Kind.CANDIDATE: 24,
    Kind.CHECK_LIST: 12,
}
"""Months of the rules that come with the product, none of them in force."""
