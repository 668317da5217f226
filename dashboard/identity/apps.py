"""The app's name and its system checks."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, roles and the ways in."""

    name = "dashboard.identity"
    label = "identity"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the checks that stop a start with wrong settings, or with a page that nobody decided about."""
        from dashboard.identity import checks  # noqa: F401 - importing registers them, which needs the apps to be ready
