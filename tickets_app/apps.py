"""The app's name."""

from django.apps import AppConfig


class TicketsAppConfig(AppConfig):
    """The pages for tickets."""

    name = "tickets_app"
    verbose_name = "Copper Tickets"
