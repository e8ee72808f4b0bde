"""Guesses at the code on site, requests to correct a record, and a key against publishing a ranking twice."""

import uuid

import activities.models.activities
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_keys(apps, schema_editor):
    for snapshot in apps.get_model("activities", "RankingSnapshot").objects.all():
        snapshot.submission_key = uuid.uuid4()
        snapshot.save(update_fields=["submission_key"])


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("signup", "wrong_codes", models.PositiveSmallIntegerField(default=0, editable=False)),
        migrations.AddField("signup", "wrong_code_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AlterField(
            "shift",
            "code_secret",
            models.CharField(default=activities.models.activities.new_code_secret, editable=False, max_length=64),
        ),
        migrations.AddField("rankingsnapshot", "submission_key", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            "rankingsnapshot", "submission_key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300, verbose_name="what is wrong")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for an answer"),
                            ("corrected", "Corrected"),
                            ("kept", "Left as it is"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("submission_key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_hour_corrections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_requests",
                        to="activities.servicerecord",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("record",),
                        name="one_open_correction_a_record",
                    )
                ],
            },
        ),
    ]
