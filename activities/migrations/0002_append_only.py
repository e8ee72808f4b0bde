"""The ledger of hours is append-only, and the database holds it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION activities_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: append a reversal instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER service_record_is_append_only BEFORE UPDATE OR DELETE ON activities_servicerecord
    FOR EACH ROW EXECUTE FUNCTION activities_refuse_change();
"""
ALLOW = """
DROP TRIGGER service_record_is_append_only ON activities_servicerecord;
DROP FUNCTION activities_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
