import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions", "0001_initial"),
        ("tickets_app", "0002_views_and_preferences"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptLookup",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("result", "result"), ("file", "file")], max_length=8)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("content", models.TextField()),
                ("looked_at", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sessions.session"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["session", "kind", "at"], name="kept_lookups_of_a_session")],
            },
        ),
    ]
