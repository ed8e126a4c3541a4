"""The roster as it stands once everything has come to it."""

from backend.accounts.scope import everything
from programs.roster.refresh import refresh
from talent.people.models import Person


def refresh_roster() -> None:
    """Make everybody's entries anew, in the test's transaction or in one of its own."""
    with everything():
        refresh(list(Person.objects.values_list("pk", flat=True)))
