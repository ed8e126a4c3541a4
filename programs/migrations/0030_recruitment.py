"""Positions, campaigns, candidates with their moves, documents and arrivals, and the walls around them."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read

RECRUITMENT = read(Path(__file__), "recruitment.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
        ('programs', '0029_training'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('ref', models.CharField(blank=True, max_length=60)),
                ('sealed', models.BinaryField()),
                ('name_index', models.BinaryField(max_length=32)),
                ('id_type', models.CharField(blank=True, max_length=20)),
                ('number_index', models.BinaryField(max_length=32, null=True)),
                ('masked_number', models.CharField(blank=True, max_length=60)),
                ('masked_mobile', models.CharField(blank=True, max_length=60)),
                ('birth_date', models.DateField(null=True)),
                ('gender', models.CharField(blank=True, max_length=1)),
                ('education', models.CharField(blank=True, max_length=20)),
                ('school', models.TextField(blank=True)),
                ('graduated_on', models.DateField(null=True)),
                ('title', models.CharField(blank=True, max_length=20)),
                ('title_awarded_on', models.DateField(null=True)),
                ('notes', models.TextField(blank=True)),
                ('digest', models.BinaryField(max_length=32, null=True)),
                ('stage', models.CharField(choices=[('sourced', 'Sourced'), ('applied', 'Application'), ('screened', 'Screening'), ('interview', 'Interview'), ('offer', 'Offer'), ('accepted', 'Offer accepted'), ('arrived', 'Arrived'), ('declined', 'Turned down'), ('withdrawn', 'Stepped back')], max_length=10)),
                ('stage_on', models.DateField()),
                ('entered_on', models.DateField()),
                ('known', models.CharField(choices=[('nobody', 'Not known'), ('maybe', 'May be known'), ('reported', 'Reported already'), ('counts', 'Counts already')], default='nobody', max_length=10)),
                ('known_at', models.DateTimeField(null=True)),
                ('person_id', models.BigIntegerField(null=True)),
                ('on_behalf', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='programs.programme')),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('owner', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'candidate',
            },
        ),
        migrations.CreateModel(
            name='CandidateKey',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'candidate_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('kind', models.SmallIntegerField()),
                ('candidate', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='programs.candidate')),
            ],
            options={
                'db_table': 'candidate_key',
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('occupation', models.CharField(max_length=20)),
                ('level', models.CharField(max_length=20)),
                ('wanted', models.IntegerField()),
                ('segment', models.CharField(blank=True, max_length=20)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('opened_on', models.DateField()),
                ('open_until', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('closing_reason', models.TextField(blank=True)),
                ('notes', models.TextField(blank=True)),
                ('on_behalf', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'position',
            },
        ),
        migrations.AddField(
            model_name='candidate',
            name='position',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='programs.position'),
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.IntegerField()),
                ('record_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('sent', 'Being taken in'), ('taken', 'On the books'), ('refused', 'Refused by the checks')], default='sent', max_length=10)),
                ('day', models.DateField()),
                ('employer', models.CharField(max_length=200)),
                ('employer_uscc', models.CharField(max_length=18)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('on_behalf', models.BooleanField(default=False)),
                ('by_id', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('settled_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.submission')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='programs.candidate')),
                ('position', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='programs.position')),
            ],
            options={
                'db_table': 'candidate_arrival',
            },
        ),
        migrations.CreateModel(
            name='PositionEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('occupation', models.CharField(max_length=20)),
                ('level', models.CharField(max_length=20)),
                ('wanted', models.IntegerField()),
                ('segment', models.CharField(blank=True, max_length=20)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('open_until', models.DateField()),
                ('closed', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('by_id', models.BigIntegerField(null=True)),
                ('recorded_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('position', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='programs.position')),
            ],
            options={
                'db_table': 'position_edition',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('fair', 'Job fair'), ('university_visit', 'University visit'), ('overseas_call', 'Overseas call'), ('other', 'Other')], max_length=20)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('notes', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='campaign', to='programs.programme')),
            ],
            options={
                'db_table': 'campaign',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='campaign_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='CandidateHint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('score', models.FloatField()),
                ('reasons', models.JSONField(default=list)),
                ('made_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hints', to='programs.candidate')),
            ],
            options={
                'db_table': 'candidate_hint',
                'constraints': [models.UniqueConstraint(fields=('candidate', 'person_id'), name='hint_once_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cv', 'CV'), ('offer_letter', 'Offer letter'), ('contract', 'Contract'), ('post_evidence', 'Evidence of post')], max_length=20)),
                ('state', models.CharField(choices=[('received', 'Being looked at'), ('kept', 'Kept'), ('refused', 'Refused')], default='received', max_length=10)),
                ('media', models.CharField(max_length=4)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('pages', models.IntegerField(null=True)),
                ('fault', models.CharField(blank=True, max_length=30)),
                ('on_behalf', models.BooleanField(default=False)),
                ('filed_by_id', models.BigIntegerField()),
                ('filed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='programs.candidate')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'candidate_document',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('candidate', 'kind', 'sha256'), name='document_once_per_candidate')],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(blank=True, max_length=10)),
                ('to', models.CharField(choices=[('sourced', 'Sourced'), ('applied', 'Application'), ('screened', 'Screening'), ('interview', 'Interview'), ('offer', 'Offer'), ('accepted', 'Offer accepted'), ('arrived', 'Arrived'), ('declined', 'Turned down'), ('withdrawn', 'Stepped back')], max_length=10)),
                ('day', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('note', models.TextField(blank=True)),
                ('by_id', models.BigIntegerField(null=True)),
                ('on_behalf', models.BooleanField(default=False)),
                ('recorded_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('candidate', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='programs.candidate')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'candidate_move',
                'indexes': [models.Index(fields=['candidate', 'id'], name='candidate_move_of')],
            },
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.UniqueConstraint(fields=('organisation', 'ref'), name='position_ref_once_per_organisation'),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.CheckConstraint(condition=models.Q(('wanted__gte', 1)), name='position_wants_somebody'),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.CheckConstraint(condition=models.Q(('open_until__gte', models.F('opened_on'))), name='position_ends_after_it_opens'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['organisation', 'stage', '-id'], name='candidate_board'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['organisation', 'entered_on'], name='candidate_entered'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['name_index'], name='candidate_name'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(condition=models.Q(('number_index__isnull', False)), fields=['number_index'], name='candidate_number'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(condition=models.Q(('number_index__isnull', False), models.Q(('stage__in', ['arrived', 'declined', 'withdrawn']), _negated=True)), fields=('organisation', 'number_index'), name='candidate_once_per_document'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('organisation', 'ref'), name='candidate_ref_once_per_organisation'),
        ),
        migrations.AddIndex(
            model_name='arrival',
            index=models.Index(condition=models.Q(('record_id__isnull', False)), fields=['record_id'], name='arrival_record'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None), models.Q(('state', 'refused'), _negated=True)), fields=('candidate',), name='candidate_arrives_once'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('submission', 'row'), name='arrival_once_per_row'),
        ),
        migrations.AddIndex(
            model_name='positionedition',
            index=models.Index(fields=['position', '-since', '-id'], name='position_edition_latest'),
        ),
        migrations.RunSQL(RECRUITMENT, migrations.RunSQL.noop),
    ]
