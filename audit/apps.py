"""The app's name, and the signals it listens to."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit trail."""

    name = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        """Hear of people coming and going."""
        from audit import people

        people.listen()
