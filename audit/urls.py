"""The addresses of the audit trail."""

from django.urls import path, re_path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="list"),
    re_path(r"^export\.(?P<file_format>csv|ndjson)\Z", views.event_export, name="export"),
]
