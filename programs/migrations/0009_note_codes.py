"""Why a reminder did not go out, as a code instead of a sentence in one language."""

from django.db import migrations, models

CODES = """
    SELECT set_config('shugu.scope', 'all', true);
    UPDATE reminder SET note = CASE
        WHEN note = 'nothing is owed any more' THEN 'settled'
        WHEN note = 'no longer a recipient' THEN 'not_a_recipient'
        WHEN note = 'a later stage was due as well' THEN 'later_stage'
        WHEN starts_with(note, 'went stale') THEN 'stale'
        WHEN state = 'unknown' THEN 'unanswered'
        WHEN state = 'sending' THEN 'put_off'
        WHEN state = 'failed' AND starts_with(note, 'suppressed since') THEN 'suppressed'
        WHEN state = 'failed' AND note ~ '^5' THEN 'refused'
        WHEN state = 'failed' THEN 'given_up'
        ELSE '' END
    WHERE note <> '';
    SELECT set_config('shugu.scope', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0005_fate_of_an_attempt'),
        ('programs', '0008_obligations_and_reminders'),
    ]

    operations = [
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='reminder',
            name='note',
            field=models.CharField(blank=True, choices=[('settled', 'Nothing is owed any more.'), ('not_a_recipient', 'The address is no recipient any more.'), ('later_stage', 'A later stage was due as well and took its place.'), ('stale', 'It was overtaken by time; one message names all that is outstanding instead.'), ('put_off', 'The mail server could not take it yet; it is tried again.'), ('given_up', 'The mail server could not take it, however often it was tried.'), ('refused', 'The mail server refused it. Mend the address.'), ('suppressed', 'The address was refused before, so nothing is sent there any more. Mend it.'), ('unanswered', 'The connection was lost before the mail server said that it had taken it.')], max_length=20),
        ),
    ]
