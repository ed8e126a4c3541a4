"""Places outside that messages go to, what lies in inboxes, and when a delivery was answered."""

import backend.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What lies in an inbox is seen by its owner, and by the system, which acts for nobody.
WALLS = """
SELECT wall_by_organisation('endpoint');
SELECT raise_wall('inbox_message');
CREATE POLICY own_user ON inbox_message USING (
    user_id = (SELECT nullif(current_setting('shugu.user', true), '')::bigint)
    OR (SELECT current_setting('shugu.scope', true) = 'all' AND current_setting('shugu.user', true) = '')
);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0010_deliveries_called_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('webhook', 'Webhook'), ('dingtalk', 'DingTalk robot'), ('wecom', 'WeCom robot'), ('feishu', 'Feishu robot')], max_length=20)),
                ('name', models.CharField(max_length=100)),
                ('address', models.BinaryField()),
                ('shown', models.CharField(max_length=500)),
                ('secret', models.BinaryField(null=True)),
                ('previous_secret', models.BinaryField(null=True)),
                ('previous_until', models.DateTimeField(null=True)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('active', models.BooleanField(default=True)),
                ('recent', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, editable=False, size=None)),
                ('quiet_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'endpoint',
            },
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'inbox_message',
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('unknown', 'Sent, perhaps not received'), ('failed', 'Failed'), ('withdrawn', 'Called off')], default='queued', max_length=20),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['organisation', '-id'], name='delivery_organisation'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel__in', ['email', 'inbox']), _negated=True), fields=['recipient', '-id'], name='delivery_endpoint'),
        ),
        migrations.AddField(
            model_name='endpoint',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='inboxmessage',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.delivery'),
        ),
        migrations.AddField(
            model_name='inboxmessage',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='endpoint_name_once'),
        ),
        migrations.AddIndex(
            model_name='inboxmessage',
            index=models.Index(fields=['user', '-id'], name='inbox_user'),
        ),
        migrations.AddIndex(
            model_name='inboxmessage',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='inbox_unread'),
        ),
        migrations.RunSQL(WALLS),
    ]
