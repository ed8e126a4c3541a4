"""What the users of an organisation read of its parts: who these are, and what became of them."""

from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import Organisation
from backend.accounts.scope import read_from_above

read_from_above(Organisation, OrganisationChange)
