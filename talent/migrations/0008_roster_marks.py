"""Marks for the roster, and the digests of reveals that were posted."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('talent', '0007_examinations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'roster_mark',
            },
        ),
        migrations.CreateModel(
            name='RevealDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('reveals', models.IntegerField()),
                ('posted_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.delivery')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'reveal_digest',
                'constraints': [models.UniqueConstraint(fields=('week', 'user'), name='reveal_digest_once_a_week')],
            },
        ),
    ]
