"""Reading credentials, what was found out about them, and the files that show them, as far as the actor may."""

from collections.abc import Iterable

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from talent.credentials.models import Credential, Evidence, Examination

OPEN = (Credential.State.CLAIMED, Credential.State.EVIDENCED)
"""The states of a credential on which no verdict stands."""


def credentials(actor: User | None) -> QuerySet[Credential]:
    """What records claim of people's education and titles: a partner's are those of its own records."""
    return visible(Credential.objects.all(), actor)


def evidence(actor: User | None) -> QuerySet[Evidence]:
    """The files that show credentials: a partner's are those of its own records."""
    return visible(Evidence.objects.all(), actor)


def examinations(actor: User | None) -> QuerySet[Examination]:
    """Every verdict on credentials and every taking back: a partner's are those on its own records."""
    return visible(Examination.objects.all(), actor)


def unexamined(record_ids: Iterable[int]) -> frozenset[int]:
    """Those of some records that carry a credential on which no verdict stands.

    For the setting that every credential be looked at before its record is verified. What an amendment claims is no
    credential before it has taken effect, so these are the credentials of the records as they stand.
    """
    found = Credential.objects.filter(record_id__in=list(record_ids), state__in=OPEN)
    return frozenset(found.values_list("record_id", flat=True))
