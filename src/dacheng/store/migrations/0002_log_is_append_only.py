"""Triggers that refuse to change or delete what the log says; the chain row starts."""

from django.db import migrations

TABLES = ("log", "log_change")

SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
]
POSTGRES = [
    "CREATE FUNCTION refuse_log_change() RETURNS trigger AS $$"
    " BEGIN RAISE EXCEPTION 'the log is append-only'; END; $$ LANGUAGE plpgsql;",
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_log_change();"
        for table in TABLES
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change();"
        for table in TABLES
    ),
]


def protect(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement, params=None)


def start_chain(apps, schema_editor):
    apps.get_model("store", "Chain").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [
        migrations.RunPython(protect, migrations.RunPython.noop),
        migrations.RunPython(start_chain, migrations.RunPython.noop),
    ]
