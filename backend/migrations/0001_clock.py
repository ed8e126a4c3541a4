"""The one clock: must exist before any table that takes its moment from it."""

from django.db import migrations

CLOCK = """
CREATE TABLE clock_offset (id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1), shift interval NOT NULL);
COMMENT ON TABLE clock_offset IS 'Moves shugu_now() in tests; the application may only read it.';
CREATE FUNCTION shugu_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL RESTRICTED AS
$$ SELECT clock_timestamp() + coalesce((SELECT shift FROM clock_offset), interval '0') $$;
"""


class Migration(migrations.Migration):
    """Creates ``shugu_now()``."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(CLOCK, "DROP FUNCTION shugu_now(); DROP TABLE clock_offset;")]
