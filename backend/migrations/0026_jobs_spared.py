"""Claims of a job that say nothing about the job itself are not counted against it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backend", "0024_disposed")]

    operations = [
        migrations.AddField("job", "spared", models.IntegerField(db_default=0)),
    ]
