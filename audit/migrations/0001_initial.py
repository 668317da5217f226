from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("kind", models.CharField(db_index=True, max_length=32)),
                ("user_id", models.BigIntegerField(null=True)),
                ("user_name", models.CharField(blank=True, db_index=True, max_length=150)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("subject", models.CharField(blank=True, db_index=True, max_length=300)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "audit event",
                "ordering": ("-id",),
                "default_permissions": ("view",),
            },
        ),
    )
