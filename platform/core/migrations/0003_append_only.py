"""The log of readings and the history of states are append-only, and the database holds it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sensitive_reading_is_append_only BEFORE UPDATE OR DELETE ON core_sensitivereading
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER state_change_is_append_only BEFORE UPDATE OR DELETE ON core_statechange
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
ALLOW = """
DROP TRIGGER state_change_is_append_only ON core_statechange;
DROP TRIGGER sensitive_reading_is_append_only ON core_sensitivereading;
DROP FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
