from django.conf import settings
from django.db import migrations, models


def answered_ones(apps, schema_editor):
    """Until now an answer did not say in a word which it was; it was sent once the record was put right."""
    apps.get_model("accounts", "Correction").objects.filter(answered_at__isnull=False).update(status="corrected")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_plainer_words"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="status",
            field=models.CharField(
                choices=[("asked", "Waiting for an answer"), ("corrected", "Corrected"), ("kept", "Left as it is")],
                default="asked",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.RunPython(answered_ones, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True), ("status", "asked")),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("status__in", ["corrected", "kept"]),
                    ),
                    _connector="OR",
                ),
                name="an_answered_correction_says_who_and_when",
            ),
        ),
    ]
