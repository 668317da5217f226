from typing import Any

from django.db import migrations

from audit import triggers


def create(_apps: Any, editor: Any) -> None:
    triggers.create(editor.connection)


def drop(_apps: Any, editor: Any) -> None:
    triggers.drop(editor.connection)


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_initial"),)

    operations = (migrations.RunPython(create, drop),)
