from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_correction_status")]

    operations = [
        migrations.AddField(
            model_name="ruleset",
            name="weekly_cancellations",
            field=models.PositiveSmallIntegerField(
                default=2, verbose_name="own cancellations in a week, after which a person pauses"
            ),
        ),
    ]
