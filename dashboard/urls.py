"""All addresses of the site; /healthz is answered before them, in dashboard/operations/health.py."""

from django.urls import include, path

from dashboard.operations import health

urlpatterns = [
    path("", include("tickets_app.urls")),
    path("audit/", include("tickets_app.audit_pages.urls")),
    path("", include("dashboard.identity.urls")),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "dashboard.errors.bad_request"
handler403 = "dashboard.errors.forbidden"
handler404 = "dashboard.errors.not_found"
handler500 = "dashboard.errors.server_error"
