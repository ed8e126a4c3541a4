"""What the users of an organisation read of its parts: who these are, and what became of them; and what is noted when
somebody signs in by the pages."""

from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import Organisation
from backend.accounts.scope import read_from_above
from backend.accounts.sessions import store

read_from_above(Organisation, OrganisationChange)

SESSIONS = store
