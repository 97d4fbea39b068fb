"""The database itself refuses to change or delete rows of the trail (the demo's may go)."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER streams_trail_no_update BEFORE UPDATE ON streams_trail
       BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END""",
    """CREATE TRIGGER streams_trail_no_delete BEFORE DELETE ON streams_trail WHEN OLD.demo = 0
       BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER streams_trail_no_update",
    "DROP TRIGGER streams_trail_no_delete",
]
POSTGRES = [
    """CREATE FUNCTION streams_trail_only_grows() RETURNS trigger AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND OLD.demo THEN RETURN OLD; END IF;
         RAISE EXCEPTION 'the trail only grows';
       END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER streams_trail_only_grows BEFORE UPDATE OR DELETE ON streams_trail
       FOR EACH ROW EXECUTE FUNCTION streams_trail_only_grows()""",
]
POSTGRES_BACK = [
    "DROP TRIGGER streams_trail_only_grows ON streams_trail",
    "DROP FUNCTION streams_trail_only_grows()",
]


def run(apps, schema_editor, *, sqlite, postgres):
    chosen = postgres if schema_editor.connection.vendor == "postgresql" else sqlite
    for statement in chosen:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    run(apps, schema_editor, sqlite=SQLITE, postgres=POSTGRES)


def backwards(apps, schema_editor):
    run(apps, schema_editor, sqlite=SQLITE_BACK, postgres=POSTGRES_BACK)


class Migration(migrations.Migration):
    dependencies = [("streams", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
