"""The app's name for Django."""

from django.apps import AppConfig


class TicketsAppConfig(AppConfig):
    """The pages for tickets."""

    name = "tickets_app"
    verbose_name = "Copper Tickets"
