from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_rules_of_hours_and_coins")]

    operations = [
        migrations.AddField(
            model_name="ruleset",
            name="correction_working_days",
            field=models.PositiveSmallIntegerField(
                default=10, verbose_name="working days to answer a request to correct hours"
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="stars_by_worker",
            field=models.PositiveSmallIntegerField(
                default=0,
                verbose_name="stars up to this one are granted by the community worker, higher ones by the centre",
            ),
        ),
        migrations.AddField(
            model_name="volunteer",
            name="stars",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="stars"),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.CheckConstraint(
                condition=models.Q(("stars__lte", 5)), name="volunteer_has_5_stars_at_most"
            ),
        ),
    ]
