"""What the users of an organisation read of its parts: who these are, and what became of them; and what is noted when
somebody signs in by the pages."""

from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import Organisation
from backend.accounts.scope import read_from_above
from backend.accounts.sessions import store
from backend.vault.columns import seals

read_from_above(Organisation, OrganisationChange)

seals("second_factor", "secret", "pending", row="user_id::text", key="user_id")

SESSIONS = store
