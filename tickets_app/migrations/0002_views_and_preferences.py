from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONE_OWNER = models.Q(user__isnull=True) ^ models.Q(session__isnull=True)


def owned() -> "list[tuple[str, models.Field[Any, Any]]]":
    """The fields that every table of people's own things begins with."""
    cascade = django.db.models.deletion.CASCADE
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("user", models.ForeignKey(settings.AUTH_USER_MODEL, cascade, blank=True, null=True, related_name="+")),
        ("session", models.ForeignKey("sessions.session", cascade, blank=True, null=True, related_name="+")),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("sessions", "0001_initial"),
        ("tickets_app", "0001_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                *owned(),
                ("name", models.CharField(max_length=80)),
                ("query", models.TextField()),
                ("shared", models.BooleanField(default=False)),
                ("changed", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("name", "pk"),
                "default_permissions": (),
                "constraints": (
                    models.CheckConstraint(condition=ONE_OWNER, name="savedview_has_one_owner"),
                    models.UniqueConstraint(fields=("user", "name"), name="one_view_of_a_user_by_each_name"),
                    models.UniqueConstraint(fields=("session", "name"), name="one_view_of_a_session_by_each_name"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                *owned(),
                ("zone", models.CharField(blank=True, max_length=64)),
                (
                    "default_view",
                    models.ForeignKey(
                        "tickets_app.savedview",
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                        related_name="+",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": (
                    models.CheckConstraint(condition=ONE_OWNER, name="preference_has_one_owner"),
                    models.UniqueConstraint(fields=("user",), name="one_preference_of_a_user"),
                    models.UniqueConstraint(fields=("session",), name="one_preference_of_a_session"),
                ),
            },
        ),
    ]
