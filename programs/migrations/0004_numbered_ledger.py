"""The ledger's entries are numbered, so that no head can be posted twice; the book is opened; tiers left this room."""

from django.db import migrations, models

BASIS = [("education", "Education"), ("title", "Professional title"), ("none", "No credential needed")]
OPEN_THE_BOOK = "INSERT INTO book (id, posted_to) VALUES (1, shugu_now()) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    """Numbers ``ledger_entry`` and ``standing``, drops ``qualifying_credential``, adds what the plan must keep to."""

    dependencies = [("programs", "0003_decisions"), ("talent", "0003_tiers")]
    operations = [
        migrations.DeleteModel(name="QualifyingCredential"),
        migrations.RemoveConstraint(model_name="ledgerentry", name="ledger_entry_is_one_head"),
        migrations.RemoveIndex(model_name="ledgerentry", name="ledger_entry_clocks"),
        migrations.RemoveIndex(model_name="ledgerentry", name="ledger_entry_person"),
        migrations.AddField(
            model_name="ledgerentry", name="number", field=models.IntegerField(default=1), preserve_default=False
        ),
        migrations.AddField(
            model_name="standing", name="number", field=models.IntegerField(default=1), preserve_default=False
        ),
        migrations.AlterField(
            model_name="ledgerentry", name="basis", field=models.CharField(choices=BASIS, max_length=10)
        ),
        migrations.AlterField(
            model_name="standing", name="basis", field=models.CharField(choices=BASIS, max_length=10)
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                fields=["target", "recorded_at", "effective_on"], include=("delta",), name="ledger_entry_clocks"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(number__gt=0, delta=models.F("number").bitand(1) * 2 - 1),
                name="ledger_entry_turns_by_its_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("target", "person", "number"), name="ledger_entry_once_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="plan_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="target_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(condition=models.Q(goal__gt=0), name="target_has_a_goal"),
        ),
        migrations.RunSQL(OPEN_THE_BOOK, migrations.RunSQL.noop),
    ]
