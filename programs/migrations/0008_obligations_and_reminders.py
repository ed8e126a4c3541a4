"""What is owed for a period, and the reminders of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0004_deliveries'),
        ('programs', '0007_unchecked_references'),
    ]

    operations = [
        migrations.CreateModel(
            name='LadderStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('code', models.CharField(max_length=30)),
                ('working_days', models.IntegerField()),
                ('audience', models.CharField(choices=[('submitter', 'Who reports'), ('leader', "The partner's leader"), ('bureau', 'The bureau')], max_length=20)),
                ('channel', models.CharField(choices=[('email', 'E-mail')], default='email', max_length=20)),
            ],
            options={
                'db_table': 'ladder_stage',
                'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='ladder_stage_once_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reporting', 'Report of the period'), ('retention', 'Proof of stay')], default='reporting', max_length=20)),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('missing', 'Missing'), ('reported', 'Reported'), ('confirmed_zero', 'Confirmed: nothing to report'), ('excused', 'Excused')], default='missing', max_length=20)),
                ('on_time', models.BooleanField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('submission_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='backend.organisation')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='programs.period')),
            ],
            options={
                'db_table': 'obligation',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200)),
                ('stage', models.CharField(max_length=30)),
                ('channel', models.CharField(choices=[('email', 'E-mail')], max_length=20)),
                ('audience', models.CharField(choices=[('submitter', 'Who reports'), ('leader', "The partner's leader"), ('bureau', 'The bureau')], max_length=20)),
                ('recipient', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=10)),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('scheduled', 'Scheduled'), ('sending', 'Being sent'), ('sent', 'Sent'), ('unknown', 'Sent, perhaps not received'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('skipped', 'Passed over')], default='scheduled', max_length=20)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('attempts', models.IntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivery', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.delivery')),
                ('obligation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='programs.obligation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'reminder',
            },
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(condition=models.Q(('state', 'missing')), fields=['due_on'], name='obligation_missing'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(fields=('kind', 'organisation', 'period'), name='obligation_once_per_period'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state', 'missing')), models.Q(('settled_at__isnull', False), models.Q(('state', 'missing'), _negated=True)), _connector='OR'), name='obligation_settled_at_a_moment'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state', 'scheduled')), fields=['due_at'], name='reminder_scheduled'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['organisation', 'due_at'], name='reminder_organisation'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('obligation', 'stage', 'channel', 'recipient'), name='reminder_once_per_stage_and_recipient'),
        ),
        migrations.RunSQL("SELECT wall_by_organisation('obligation'); SELECT wall_by_organisation('reminder');"),
    ]
