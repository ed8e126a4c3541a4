"""Claims, runs that can be undone, threads, saved views, and the settings of review."""

import backend.clock
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WALLS = "; ".join(
    [
        *(
            f"SELECT wall_by_organisation('{table}')"
            for table in ("revision", "undoing", "thread", "thread_message", "thread_reading")
        ),
        *(
            f"SELECT wall_for_the_bureau('{table}')"
            for table in ("claim", "first_verification", "decision_run", "saved_view", "review_settings")
        ),
        "SELECT keep_append_only('undoing')",
        "SELECT keep_append_only('thread_message')",
    ]
)


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('programs', '0011_rules_and_requests'),
        ('talent', '0005_undone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claimed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('expires_at', models.DateTimeField()),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'db_table': 'claim',
            },
        ),
        migrations.CreateModel(
            name='DecisionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('asked', models.JSONField(default=dict)),
                ('decided', models.IntegerField(default=0)),
                ('undone', models.IntegerField(default=0)),
                ('job_id', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'decision_run',
            },
        ),
        migrations.CreateModel(
            name='FirstVerification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submission_id', models.BigIntegerField()),
                ('amendment_id', models.BigIntegerField(null=True)),
                ('verified_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'first_verification',
            },
        ),
        migrations.CreateModel(
            name='ReviewSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('second_officer', models.BooleanField(default=False)),
                ('every_credential', models.BooleanField(default=False)),
                ('claim_minutes', models.IntegerField(default=120, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)])),
                ('undo_hours', models.IntegerField(default=72, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(8760)])),
                ('changed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'review_settings',
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.IntegerField()),
                ('partner_ref', models.TextField(blank=True)),
                ('outcome', models.CharField(choices=[('in_progress', 'In progress'), ('completed', 'Completed'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('started_on', models.DateField()),
                ('completed_on', models.DateField(null=True)),
                ('education', models.CharField(blank=True, max_length=20)),
                ('degree', models.TextField(blank=True)),
                ('school', models.TextField(blank=True)),
                ('graduated_on', models.DateField(null=True)),
                ('title', models.CharField(blank=True, max_length=20)),
                ('title_awarded_on', models.DateField(null=True)),
                ('employer', models.TextField(blank=True)),
                ('employer_uscc', models.CharField(blank=True, max_length=18)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('occupation', models.TextField(blank=True)),
                ('segment', models.CharField(blank=True, max_length=12)),
                ('remarks', models.TextField(blank=True)),
                ('basis', models.CharField(blank=True, max_length=10)),
                ('sealed', models.BinaryField(null=True)),
                ('digest', models.BinaryField(max_length=32)),
                ('amendment_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('submitted', 'Awaiting review'), ('verified', 'Verified'), ('returned', 'Returned'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn by the partner')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by_id', models.BigIntegerField(null=True)),
                ('credentials', models.JSONField(default=list)),
                ('replaced_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'revision',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=2000)),
                ('shared', models.BooleanField(default=False)),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'saved_view',
            },
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Waits for the partner'), ('answered', 'Waits for the bureau'), ('closed', 'Closed')], default='open', max_length=10)),
                ('opened_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('moved_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('mail_from', models.DateTimeField(null=True)),
                ('mail_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'thread',
            },
        ),
        migrations.CreateModel(
            name='ThreadMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('by_bureau', models.BooleanField()),
                ('said_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'thread_message',
            },
        ),
        migrations.CreateModel(
            name='ThreadReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_to', models.BigIntegerField()),
            ],
            options={
                'db_table': 'thread_reading',
            },
        ),
        migrations.CreateModel(
            name='Undoing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(blank=True)),
                ('undone_by_id', models.BigIntegerField()),
                ('undone_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'undoing',
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='before',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='fields',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='decision',
            name='run_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='reason',
            field=models.CharField(choices=[('verified', 'Verified'), ('revoked', 'Revoked'), ('corrected', 'Corrected'), ('refuted', 'Refuted'), ('merged', 'Merged'), ('split', 'Split'), ('rule_changed', 'Rule Changed'), ('reclassified', 'Reclassified'), ('undone', 'Undone')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('run_id__isnull', False)), fields=['run_id', 'id'], name='decision_run_of'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['reported_at', 'id'], name='record_waiting'),
        ),
        migrations.AddField(
            model_name='claim',
            name='handed_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claim',
            name='officer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claim',
            name='record',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='programs.record'),
        ),
        migrations.AddField(
            model_name='decisionrun',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='firstverification',
            name='officer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='firstverification',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='firstverification',
            name='record',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='first_verifications', to='programs.record'),
        ),
        migrations.AddField(
            model_name='reviewsettings',
            name='changed_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revision',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='revision',
            name='record',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='programs.record'),
        ),
        migrations.AddField(
            model_name='revision',
            name='submission',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.submission'),
        ),
        migrations.AddField(
            model_name='savedview',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='thread',
            name='closed_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='thread',
            name='opened_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='thread',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='thread',
            name='record',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='programs.record'),
        ),
        migrations.AddField(
            model_name='thread',
            name='submission',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='programs.submission'),
        ),
        migrations.AddField(
            model_name='threadmessage',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='threadmessage',
            name='said_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='threadmessage',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='programs.thread'),
        ),
        migrations.AddField(
            model_name='threadreading',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='threadreading',
            name='reader',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='threadreading',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='programs.thread'),
        ),
        migrations.AddField(
            model_name='undoing',
            name='decision',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='undoing', to='programs.decision'),
        ),
        migrations.AddField(
            model_name='undoing',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='undoing',
            name='record',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='undoings', to='programs.record'),
        ),
        migrations.AddIndex(
            model_name='decisionrun',
            index=models.Index(fields=['decided_by', '-id'], name='decision_run_officer'),
        ),
        migrations.AddIndex(
            model_name='firstverification',
            index=models.Index(fields=['record', 'id'], name='first_verification_record'),
        ),
        migrations.AddConstraint(
            model_name='firstverification',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('record',), name='one_first_verification_per_record'),
        ),
        migrations.AddConstraint(
            model_name='reviewsettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_row_of_review_settings'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['record', 'id'], name='revision_record'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='saved_view_once_per_name'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('owner',), name='saved_view_one_default'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(condition=models.Q(('mail_at__isnull', False)), fields=['mail_at'], name='thread_to_be_mailed'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['organisation', 'state'], name='thread_organisation_state'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('record__isnull', False), ('submission', None)), models.Q(('record', None), ('submission__isnull', False)), _connector='OR'), name='thread_on_a_submission_or_a_record'),
        ),
        migrations.AddIndex(
            model_name='threadmessage',
            index=models.Index(fields=['thread', 'id'], name='thread_message_thread'),
        ),
        migrations.AddConstraint(
            model_name='threadreading',
            constraint=models.UniqueConstraint(fields=('thread', 'reader'), name='thread_reading_once_per_reader'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]
