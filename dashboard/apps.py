"""The site itself as an app: its system checks."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """What holds for the whole site."""

    name = "dashboard"
    verbose_name = "Copper Tickets"

    def ready(self) -> None:
        """Register the checks that stop a start with wrong settings."""
        from dashboard import checks  # noqa: F401 - importing registers them, which needs the apps to be ready
