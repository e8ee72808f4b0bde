from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_rules_of_cancelling")]

    operations = [
        migrations.AddField(
            model_name="studio",
            name="invitation_round",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
