"""Requests of persons, legal holds, disposal rules and certificates; and the functions behind erasing."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0024_disposed'),
        ('programs', '0040_saved_views'),
        ('talent', '0012_looks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DisposalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('original', 'Original files, after they were taken'), ('sheet', 'Sealed sheets, after they were taken'), ('refused', 'Files of refused, cancelled and failed submissions, after they came'), ('evidence', 'Files that show a credential, after they were filed'), ('candidate', 'Candidates who were not placed, after they left the way'), ('check_list', 'Lists that were checked, after the answer')], max_length=20)),
                ('version', models.IntegerField()),
                ('months', models.IntegerField()),
                ('basis', models.TextField()),
                ('shipped', models.BooleanField(default=False)),
                ('in_force_from', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('switched_on_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'disposal_rule',
            },
        ),
        migrations.CreateModel(
            name='DisposalRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_id', models.BigIntegerField(null=True)),
                ('until', models.DateTimeField()),
                ('begun_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('closed_at', models.DateTimeField(null=True)),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='programs.disposalrule')),
            ],
            options={
                'db_table': 'disposal_run',
            },
        ),
        migrations.CreateModel(
            name='DisposalCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(unique=True)),
                ('content', models.JSONField()),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='programs.disposalrun')),
            ],
            options={
                'db_table': 'disposal_certificate',
            },
        ),
        migrations.CreateModel(
            name='DisposedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('part', models.CharField(max_length=40)),
                ('organisation_id', models.BigIntegerField(null=True)),
                ('file_id', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='programs.disposalrun')),
            ],
            options={
                'db_table': 'disposed_item',
                'indexes': [models.Index(fields=['file_id'], name='disposed_item_file', condition=models.Q(('file_id__isnull', False)))],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
                ('placed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.TextField(blank=True)),
                ('lifted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('placed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.submission')),
            ],
            options={
                'db_table': 'legal_hold',
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('access', 'Access'), ('copy', 'Copy'), ('correction', 'Correction'), ('deletion', 'Deletion')], max_length=12)),
                ('state', models.CharField(choices=[('received', 'Taken down'), ('confirmed', 'Identity confirmed'), ('handling', 'Being handled'), ('answered', 'Closed with an answer'), ('refused', 'Turned away with a reason'), ('withdrawn', 'Taken back by the person')], default='received', max_length=12)),
                ('person_id', models.BigIntegerField()),
                ('channel', models.CharField(choices=[('in_person', 'In person'), ('letter', 'By letter'), ('phone', 'By telephone'), ('email', 'By e-mail'), ('representative', 'Through a representative')], max_length=16)),
                ('wanted', models.TextField(blank=True)),
                ('received_on', models.DateField()),
                ('due_on', models.DateField()),
                ('recorded_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('identified', models.CharField(blank=True, choices=[('document', 'The document was shown'), ('document_copy', 'A certified copy of the document'), ('video', 'Document and face by video'), ('authority', 'A representative’s power of attorney')], max_length=16)),
                ('identified_note', models.TextField(blank=True)),
                ('identified_at', models.DateTimeField(null=True)),
                ('numbers_reason', models.TextField(blank=True)),
                ('job_id', models.BigIntegerField(null=True)),
                ('files_until', models.DateTimeField(null=True)),
                ('record_id', models.BigIntegerField(null=True)),
                ('thread_id', models.BigIntegerField(null=True)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('assigned_to', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('identified_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('machine', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile')),
                ('proposed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('readable', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile')),
                ('received_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'privacy_request',
            },
        ),
        migrations.CreateModel(
            name='ErasedPerson',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('erased_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erased', to='programs.privacyrequest')),
            ],
            options={
                'db_table': 'erased_person',
            },
        ),
        migrations.AddConstraint(
            model_name='disposalrule',
            constraint=models.UniqueConstraint(fields=('kind', 'version'), name='disposal_rule_version_once'),
        ),
        migrations.AddConstraint(
            model_name='disposalrule',
            constraint=models.UniqueConstraint(condition=models.Q(('in_force_from__isnull', False), ('retired_at', None)), fields=('kind',), name='disposal_rule_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='disposalrule',
            constraint=models.CheckConstraint(condition=models.Q(('months__gte', 1)), name='disposal_rule_keeps_a_month'),
        ),
        migrations.AddConstraint(
            model_name='disposalrun',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('rule',), name='disposal_run_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='disposalrun',
            constraint=models.UniqueConstraint(condition=models.Q(('request_id__isnull', False)), fields=('request_id',), name='disposal_run_once_per_request'),
        ),
        migrations.AddConstraint(
            model_name='disposalrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('request_id__isnull', False), ('rule', None)), models.Q(('request_id', None), ('rule__isnull', False)), _connector='OR'), name='disposal_run_of_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('person_id', 'organisation', 'submission'), name='legal_hold_once_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('organisation', None), ('person_id__isnull', False), ('submission', None)), models.Q(('organisation__isnull', False), ('person_id', None), ('submission', None)), models.Q(('organisation', None), ('person_id', None), ('submission__isnull', False)), _connector='OR'), name='legal_hold_on_one_thing'),
        ),
        migrations.AddIndex(
            model_name='privacyrequest',
            index=models.Index(fields=['state', 'due_on'], name='privacy_request_due'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['received', 'confirmed', 'handling'])), fields=('person_id', 'kind'), name='privacy_request_one_open_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='deletion_takes_two_officers'),
        ),
        migrations.RunSQL(read(Path(__file__), "disposal.sql"), migrations.RunSQL.noop),
    ]
