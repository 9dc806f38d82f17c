from django.db import migrations

# PostgreSQL cannot make a table partitioned, only a new one. Its indexes take the names that
# the models know; they are made last, when the old table has given them up.
PARTITION = """
ALTER TABLE events_event RENAME TO events_event_plain;
ALTER SEQUENCE events_event_id_seq RENAME TO events_event_plain_id_seq;
CREATE SEQUENCE events_event_id_seq AS bigint;
SELECT setval('events_event_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM events_event_plain), false);
CREATE TABLE events_event (LIKE events_event_plain) PARTITION BY LIST (retention_class);
ALTER SEQUENCE events_event_id_seq OWNED BY events_event.id;
ALTER TABLE events_event
    ALTER COLUMN id SET DEFAULT nextval('events_event_id_seq'),
    ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint),
    ALTER COLUMN transaction_began SET DEFAULT transaction_timestamp();
CREATE TABLE events_event_default PARTITION OF events_event DEFAULT WITH (fillfactor = 85);
"""
A_CLASS = """
CREATE TABLE events_event_{name} PARTITION OF events_event
    FOR VALUES IN ('{name}') PARTITION BY RANGE (recorded_at);
CREATE TABLE events_event_{name}_default PARTITION OF events_event_{name} DEFAULT
    WITH (fillfactor = 85);
"""
FILL_AND_INDEX = """
INSERT INTO events_event SELECT * FROM events_event_plain;
DROP TABLE events_event_plain;
CREATE INDEX events_event_id ON events_event (id);
CREATE INDEX events_event_event_id ON events_event (event_id);
CREATE INDEX events_event_position ON events_event (position);
CREATE INDEX events_event_correlation_id ON events_event (correlation_id);
CREATE INDEX events_event_by_stream ON events_event (stream, id);
CREATE INDEX events_event_by_type ON events_event (event_type, id);
CREATE INDEX events_event_unsequenced ON events_event (id, transaction_id) WHERE position IS NULL;
"""


def partition(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    statements = PARTITION
    for name in ("api", "security", "system", "audit"):
        statements += A_CLASS.format(name=name)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statements + FILL_AND_INDEX)


class Migration(migrations.Migration):
    dependencies = [("events", "0002_the_log")]

    operations = [migrations.RunPython(partition, elidable=False)]
