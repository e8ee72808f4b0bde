"""Messages get their number at the commit; see RecipientSequence."""

from django.db import migrations, models

NUMBER = """
CREATE FUNCTION notifications_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The first call numbers every message of this transaction. Those of others that have no number yet are not
    -- committed, so they are not seen here.
    IF NOT EXISTS (SELECT FROM notifications_notification WHERE id = NEW.id AND sequence IS NULL) THEN
        RETURN NULL;
    END IF;
    -- in the order of the recipients, so that two transactions with the same people wait and never deadlock
    INSERT INTO notifications_recipientsequence AS numbers (user_id, last)
        SELECT user_id, count(*) FROM notifications_notification
        WHERE sequence IS NULL GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last = numbers.last + EXCLUDED.last;
    UPDATE notifications_notification AS message SET sequence = numbers.last - behind.count
        FROM notifications_recipientsequence AS numbers, (
            SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY id DESC) - 1 AS count
            FROM notifications_notification WHERE sequence IS NULL
        ) AS behind
        WHERE behind.id = message.id AND numbers.user_id = message.user_id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER messages_are_numbered_at_commit AFTER INSERT ON notifications_notification
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.sequence IS NULL) EXECUTE FUNCTION notifications_number();
"""
FORGET = """
DROP TRIGGER messages_are_numbered_at_commit ON notifications_notification;
DROP FUNCTION notifications_number();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.AlterModelOptions(name="notification", options={"ordering": ["-id"]}),
        migrations.AlterField(
            model_name="notification",
            name="sequence",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["user", "-id"], name="inbox_of_user"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("sequence__isnull", True)), fields=["user"], name="not_yet_numbered"
            ),
        ),
        migrations.AddIndex(
            model_name="pulse",
            index=models.Index(fields=["sent_at"], name="pulses_sent"),
        ),
        migrations.RunSQL(NUMBER, FORGET),
    ]
