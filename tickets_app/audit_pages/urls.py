"""The addresses of the audit trail."""

from django.urls import path

from tickets_app.audit_pages import views
from tickets_app.audit_pages.files import FORMATS

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="list"),
    *(path(f"export.{name}", views.event_export, {"file_format": name}, name=f"export_{name}") for name in FORMATS),
]
