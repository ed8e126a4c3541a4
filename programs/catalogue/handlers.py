"""What the parts of an organisation take part in is read by its users too."""

from backend.accounts.scope import read_from_above
from programs.catalogue.models import Cohort, ProgrammeOrganisation

read_from_above(Cohort, ProgrammeOrganisation)
