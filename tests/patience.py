"""How long a test waits for what has to come, and what a process of the site forgets of its own hurry meanwhile."""

from django.apps import AppConfig

PATIENCE = 120  # seconds: nothing here takes that long, however busy the machine is; what does hangs


class Patient(AppConfig):
    """Any number may wait for one request, for as long as it takes, where how many may is not what is looked at.

    For tests/settings_of_a_start.py: the site's own modules are loaded after its settings, by each worker for itself.
    """

    name = "tests.patience"

    def ready(self) -> None:
        """Called once all of them are there."""
        from tickets_app.gateway import answer_cache

        answer_cache.SOON = 600.0
