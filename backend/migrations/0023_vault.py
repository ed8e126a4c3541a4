"""The suite of a key: AES-GCM with SHA-256, or SM4-GCM with SM3. Keys that are there are of the first."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0019_looks'),
    ]

    operations = [
        migrations.AddField(
            model_name='vaultkey',
            name='suite',
            field=models.CharField(choices=[('aes', 'Aes'), ('sm', 'Sm')], db_default='aes', default='aes', max_length=10),
        ),
    ]
