"""What was recorded before timesheets were kept: the code on site was the only way, and what counted was approved."""

from django.db import migrations

FILL = """
UPDATE activities_attendance SET way_out = 'code' WHERE checked_out_at IS NOT NULL;
INSERT INTO activities_timesheet
    (sign_up_id, status, planned_minutes, observed_minutes, approved_minutes, grade, approved_at, reason)
SELECT sign_up.id, 'approved', floor(extract(epoch FROM shift.ends_at - shift.starts_at) / 60),
       coalesce((SELECT floor(extract(epoch FROM sum(pair.checked_out_at - pair.checked_in_at)) / 60)
                 FROM activities_attendance pair WHERE pair.sign_up_id = sign_up.id), 0),
       CASE WHEN taken_back.id IS NULL THEN record.minutes ELSE 0 END,
       record.grade, record.recorded_at, record.reason
FROM (SELECT DISTINCT ON (source_id) * FROM activities_servicerecord
      WHERE source_kind = 'shift' AND reverses_id IS NULL ORDER BY source_id, revision DESC) record
JOIN activities_signup sign_up ON sign_up.id = record.source_id
JOIN activities_shift shift ON shift.id = sign_up.shift_id
LEFT JOIN activities_servicerecord taken_back ON taken_back.reverses_id = record.id
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_ways_of_observing")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
