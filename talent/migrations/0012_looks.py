"""Who has opened whose page, one row a day."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WALL = """
SELECT raise_wall('person_look');
CREATE POLICY the_bureau_reads ON person_look FOR SELECT USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR user_id = (SELECT nullif(current_setting('shugu.user', true), '')::bigint)
);
CREATE POLICY anyone_is_noted ON person_look FOR INSERT WITH CHECK (
    user_id = (SELECT nullif(current_setting('shugu.user', true), '')::bigint)
);
SELECT keep_append_only('person_look');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('talent', '0011_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('organisation_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('first_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'person_look',
                'constraints': [models.UniqueConstraint(fields=('person_id', 'user', 'day'), name='person_look_once_a_day')],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
