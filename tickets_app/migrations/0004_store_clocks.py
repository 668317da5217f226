from django.core.validators import MaxValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets_app", "0003_kept_lookups")]

    operations = [
        migrations.CreateModel(
            name="LocationClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.CharField(max_length=255, unique=True)),
                ("zone", models.CharField("time zone", max_length=64)),
                (
                    "turns_over",
                    models.PositiveSmallIntegerField(
                        "business day turns over at",
                        default=0,
                        validators=[MaxValueValidator(23)],
                        help_text="The hour from 0 to 23, by the store’s own clock.",
                    ),
                ),
            ],
            options={
                "verbose_name": "store clock",
                "ordering": ("location",),
                "default_permissions": (),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(turns_over__lte=23), name="locationclock_turns_over_at_an_hour"
                    ),
                ),
            },
        ),
    ]
