"""The look-ups that cross organisations go by their indexes, whatever the planner knows of the tables."""

from django.db import migrations

# A file's numbers are looked up one by one, in the order of the index: what that costs depends on the file alone. Left
# to itself the planner reads whole tables to join them, and after a great load, before it has new statistics, more.
FUNCTIONS = ("known_numbers(bytea[], text[], bigint)", "certificates_elsewhere(bytea[], bigint[])")
SETTINGS = ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")


def _altered(change: str) -> str:
    statements = [f"ALTER FUNCTION {function} {change.format(name)}" for function in FUNCTIONS for name in SETTINGS]
    return "; ".join(["SET ROLE shugu_resolver", *statements, "RESET ROLE"])


class Migration(migrations.Migration):
    """Sets the planner's choices of both functions."""

    dependencies = [("programs", "0009_note_codes")]
    operations = [migrations.RunSQL(_altered("SET {} = off"), _altered("RESET {}"))]
