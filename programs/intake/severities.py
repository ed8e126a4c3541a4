"""How grave each rule is for a submission: the catalogue's word, what the bureau has set since, what it has granted."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from programs.intake.models import Override, RuleSetting
from programs.intake.rules import ERROR, RULES, SEVERITIES, WARNING
from programs.submissions.models import Submission

LABELS = {
    "fatal": lazy("Refuses the file"),
    "error": lazy("Refuses the row"),
    "warning": lazy("Warns"),
    "off": lazy("Off"),
}
"""What a severity does, in words."""


def severities_on(day: dt.date) -> dict[str, str]:
    """How grave each rule is for a period that begins on ``day``; of several settings the latest stands."""
    settings = RuleSetting.objects.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)
    latest = dict(settings.order_by("pk").values_list("rule", "severity"))
    return {rule: latest.get(rule, SEVERITIES[rule]) if RULES[rule].adjustable else SEVERITIES[rule] for rule in RULES}


def severities_of(submission: Submission) -> dict[str, str]:
    """How grave each rule is for ``submission``: as its period has it, its granted exceptions being warnings.

    What belongs to no period goes by the day on which it was received.
    """
    period = submission.period
    severities = severities_on(period.starts_on if period else timezone.localdate(submission.received_at))
    granted = Override.objects.filter(submission=submission, state=Override.State.GRANTED)
    for rule in granted.values_list("rule", flat=True):
        if severities.get(rule) == ERROR:
            severities[rule] = WARNING
    return severities
