from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# What the roles were made with before anybody kept a note of it. Whatever a role has beyond this came with a later version.
FIRST = {
    "viewer": {"tickets_app.view_tickets"},
    "analyst": {"tickets_app.view_tickets", "tickets_app.export_tickets"},
    "sharer": {"tickets_app.view_tickets", "tickets_app.share_views"},
    "admin": {
        "tickets_app.view_tickets",
        "tickets_app.export_tickets",
        "tickets_app.share_views",
        "tickets_app.administer",
    },
}


def note(apps: Any, _editor: Any) -> None:
    """Note what the groups that exist were given."""
    given_right = apps.get_model("identity", "GivenRight")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=FIRST):
        has = group.permissions.values_list("content_type__app_label", "codename")
        rights = FIRST[group.name] | {f"{app}.{name}" for app, name in has}
        given_right.objects.bulk_create(given_right(group=group, right=right) for right in sorted(rights))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenRight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("right", models.CharField(max_length=150)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_rights",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "right"), name="given_once")],
            },
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
