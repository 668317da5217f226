"""The app's name and its system checks."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, roles and the ways in."""

    name = "dashboard.identity"
    label = "identity"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the checks that stop a start, and what notes when a session begins, however somebody logs in."""
        from dashboard.identity import checks, sessions  # noqa: F401 - importing registers them, once the apps are ready
