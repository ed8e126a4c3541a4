"""The views that officers kept of records stand with those of every other list."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0018_saved_views'),
        ('programs', '0039_briefings'),
    ]

    operations = [
        migrations.RunSQL(
            """SELECT set_config('shugu.scope', 'all', true);
            INSERT INTO list_view (owner_id, organisation_id, list, name, query, shared, is_default, created_at)
            SELECT owner_id, organisation_id, 'records', name, query, shared, saved_view.is_default, saved_view.created_at
            FROM saved_view JOIN user_account ON user_account.id = owner_id;
            SELECT set_config('shugu.scope', '', true)"""
        ),
        migrations.DeleteModel(
            name='SavedView',
        ),
    ]
