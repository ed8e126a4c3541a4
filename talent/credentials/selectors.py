"""Reading credentials, as far as the actor may."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from talent.credentials.models import Credential


def credentials(actor: User | None) -> QuerySet[Credential]:
    """What records claim of people's education and titles: a partner's are those of its own records."""
    return visible(Credential.objects.all(), actor)
