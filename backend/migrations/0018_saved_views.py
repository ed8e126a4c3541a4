"""Saved views of every list, and what somebody has put away on their own pages."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0017_briefing_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='first_steps',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='user',
            name='read_changes',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=2000)),
                ('shared', models.BooleanField(default=False)),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'list_view',
                'indexes': [models.Index(condition=models.Q(('shared', True)), fields=['list', 'organisation'], name='list_view_shared')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'list', 'name'), name='list_view_once_per_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('owner', 'list'), name='list_view_one_default')],
            },
        ),
        # Whoever has signed in before has taken the first steps already.
        migrations.RunSQL("UPDATE user_account SET first_steps = false WHERE last_login IS NOT NULL"),
        migrations.RunSQL("SELECT wall_by_organisation('list_view')"),
    ]
