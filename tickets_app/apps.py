"""The app's name and its system checks."""

from django.apps import AppConfig


class TicketsAppConfig(AppConfig):
    """The pages for tickets."""

    name = "tickets_app"
    verbose_name = "Copper Tickets"

    def ready(self) -> None:
        """Register the checks that stop a start with wrong settings."""
        from dashboard import checks  # noqa: F401 - importing registers them, which needs the apps to be ready
