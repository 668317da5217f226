"""What the database keeps for the pages."""

from django.db import models


class Right(models.Model):
    """No table: a place for the rights of rights.py among Django's permissions."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = (
            ("view_tickets", "May see tickets"),
            ("export_tickets", "May export tickets"),
            ("share_views", "May share views with others"),
            ("administer", "May administer this dashboard"),
        )

    def __str__(self) -> str:
        return "a right"
