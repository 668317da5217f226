from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Right",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "permissions": (
                    ("view_tickets", "May see tickets"),
                    ("export_tickets", "May export tickets"),
                    ("share_views", "May share views with others"),
                    ("administer", "May administer this dashboard"),
                ),
                "managed": False,
                "default_permissions": (),
            },
        ),
    ]
