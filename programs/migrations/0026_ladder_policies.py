"""Ladders as versions of a policy, further kinds of reminders, who is left in peace, and who wants one message a day."""

import backend.clock
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# A digest choice is its user's own; what decides what goes out reads all of them.
WALLS = """
    SELECT wall_by_organisation('quieting');
    SELECT raise_wall('digest_choice');
    CREATE POLICY own_user ON digest_choice USING (
        (SELECT current_setting('shugu.scope', true)) = 'all'
        OR user_id = (SELECT nullif(current_setting('shugu.user', true), '')::bigint)
    );
"""


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0009_channels'),
        ('programs', '0025_milestones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The rungs came from the shipped file alone, which `load_ladder` puts in again at every set-up.
        migrations.RunSQL("DELETE FROM ladder_stage", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='DigestChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.TimeField(default=datetime.time(9, 0))),
                ('chosen_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'digest_choice',
            },
        ),
        migrations.CreateModel(
            name='LadderPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reporting', 'Report of the period'), ('retention', 'Proof of stay'), ('returned', 'Returned records'), ('unconfirmed', 'Checked, not confirmed'), ('threads', 'Unanswered questions'), ('matches', 'Open match questions')], max_length=20)),
                ('version', models.IntegerField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('shipped', models.BooleanField(default=False)),
                ('in_force_from', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'ladder_policy',
            },
        ),
        migrations.CreateModel(
            name='Quieting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(null=True)),
                ('reason', models.TextField()),
                ('set_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.TextField(blank=True)),
            ],
            options={
                'db_table': 'quieting',
            },
        ),
        migrations.RemoveConstraint(
            model_name='ladderstage',
            name='ladder_stage_once_per_kind',
        ),
        migrations.RenameField(
            model_name='ladderstage',
            old_name='working_days',
            new_name='days',
        ),
        migrations.RemoveField(
            model_name='ladderstage',
            name='kind',
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='contact_role',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='counting',
            field=models.CharField(choices=[('working', 'Working days'), ('calendar', 'Calendar days')], default='working', max_length=10),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='digest',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='endpoint',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='hour',
            field=models.TimeField(default=datetime.time(9, 0)),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='quiet_from',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='quiet_until',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='subject_en',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='subject_zh',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='text_en',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='text_zh',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='working_days_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='reminder',
            name='about_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='reminder',
            name='kind',
            field=models.CharField(choices=[('reporting', 'Report of the period'), ('retention', 'Proof of stay'), ('returned', 'Returned records'), ('unconfirmed', 'Checked, not confirmed'), ('threads', 'Unanswered questions'), ('matches', 'Open match questions')], default='reporting', max_length=20),
        ),
        migrations.AddField(
            model_name='reminder',
            name='since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='ladderstage',
            name='audience',
            field=models.CharField(choices=[('submitter', 'Who reports'), ('leader', "The partner's leader"), ('bureau', 'The bureau'), ('manager', 'The managers')], max_length=20),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='audience',
            field=models.CharField(choices=[('submitter', 'Who reports'), ('leader', "The partner's leader"), ('bureau', 'The bureau'), ('manager', 'The managers')], max_length=20),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='delivery',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.delivery'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='note',
            field=models.CharField(blank=True, choices=[('settled', 'Nothing is owed any more.'), ('not_a_recipient', 'The address is no recipient any more.'), ('replaced', 'Its ladder is not in force any more.'), ('later_stage', 'A later stage was due as well and took its place.'), ('stale', 'It was overtaken by time; one message names all that is outstanding instead.'), ('put_off', 'The mail server could not take it yet; it is tried again.'), ('given_up', 'The mail server could not take it, however often it was tried.'), ('refused', 'The mail server refused it. Mend the address.'), ('suppressed', 'The address was refused before, so nothing is sent there any more. Mend it.'), ('unanswered', 'The connection was lost before the mail server said that it had taken it.')], max_length=20),
        ),
        migrations.AddField(
            model_name='digestchoice',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ladderpolicy',
            name='created_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ladderpolicy',
            name='switched_on_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ladderstage',
            name='policy',
            field=models.ForeignKey(default=1, on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='programs.ladderpolicy'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='reminder',
            name='policy',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.ladderpolicy'),
        ),
        migrations.AddConstraint(
            model_name='ladderstage',
            constraint=models.UniqueConstraint(fields=('policy', 'code'), name='ladder_stage_once_per_policy'),
        ),
        migrations.AddConstraint(
            model_name='ladderstage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_until', None)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='ladder_stage_quiet_both_ends'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('about_id__isnull', False)), fields=('kind', 'about_id', 'since', 'stage', 'channel', 'recipient'), name='reminder_once_per_subject_and_recipient'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about_id', None), ('since', None)), models.Q(('about_id__isnull', False), ('obligation', None), ('since__isnull', False)), _connector='OR'), name='reminder_about_one_thing'),
        ),
        migrations.AddField(
            model_name='quieting',
            name='lifted_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quieting',
            name='obligation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='quietings', to='programs.obligation'),
        ),
        migrations.AddField(
            model_name='quieting',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='quieting',
            name='set_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='ladderpolicy',
            constraint=models.UniqueConstraint(fields=('kind', 'version'), name='ladder_policy_version_once'),
        ),
        migrations.AddConstraint(
            model_name='ladderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('in_force_from__isnull', False), ('retired_at', None)), fields=('kind',), name='ladder_policy_one_without_end'),
        ),
        migrations.AddConstraint(
            model_name='ladderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('retired_at', None), ('retired_at__gte', models.F('in_force_from')), _connector='OR'), name='ladder_policy_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='quieting',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('organisation', 'obligation'), name='quieting_once_at_a_time', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('state', 'returned')), fields=['decided_at'], name='record_returned'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]
