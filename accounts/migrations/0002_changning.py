"""The first district's tree, and the rules in force from the start."""

import csv
import json
from datetime import date
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parents[1] / "data"


def load_divisions(apps, schema_editor):
    Division = apps.get_model("accounts", "Division")
    with (DATA / "changning_divisions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for level in ("district", "subdistrict", "neighbourhood"):
        Division.objects.bulk_create(
            Division(
                code=row["code"],
                name=row["name"],
                level=level,
                parent_id=row["parent_code"] or None,
                lon=float(row["longitude"]) if row["longitude"] else None,
                lat=float(row["latitude"]) if row["latitude"] else None,
            )
            for row in rows
            if row["level"] == level
        )


def load_rules(apps, schema_editor):
    days = json.loads((DATA / "holidays.json").read_text(encoding="utf-8"))
    apps.get_model("accounts", "RuleSet").objects.create(
        effective_on=date(2021, 2, 1),
        holidays=[date.fromisoformat(day) for day in days["holidays"]],
        made_up_working_days=[date.fromisoformat(day) for day in days["made_up_working_days"]],
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunPython(load_divisions, migrations.RunPython.noop),
        migrations.RunPython(load_rules, migrations.RunPython.noop),
    ]
