"""The addresses of the pages for people (DESIGN.md, "URLs")."""

from django.urls import path

from tickets_app.export import views as export_views
from tickets_app.export.page import export_page
from tickets_app.export.writers import STREAMED
from tickets_app.lookup import views as lookup_views
from tickets_app.notes import views as notes
from tickets_app.preferences import views as preferences
from tickets_app.saved_views import views as saved_views
from tickets_app.ticket import same_views
from tickets_app.ticket import views as ticket
from tickets_app.ticket_list import sharing
from tickets_app.ticket_list import views as ticket_list

app_name = "tickets"
urlpatterns = [
    path("", saved_views.home, name="home"),
    path("tickets/", ticket_list.ticket_list, name="list"),
    path("tickets/histogram", ticket_list.histogram, name="histogram"),
    path("tickets/locations", ticket_list.locations, name="locations"),
    path("tickets/share", sharing.share, name="share"),
    path("tickets/new", ticket_list.new_tickets, name="arrivals"),
    path("tickets/export/", export_page, name="export"),
    *(
        path(f"tickets/export.{name}", export_views.export_lines, {"file_format": name}, name=f"export_{name}")
        for name in STREAMED
    ),
    path("tickets/export.xlsx", export_views.export_workbook, name="export_xlsx"),
    path("tickets/export/<str:token>/", export_views.export_run, name="export_run"),
    path("tickets/export/<str:token>/cancel/", export_views.export_cancel, name="export_cancel"),
    path("tickets/lookup/", lookup_views.lookup_page, name="lookup"),
    path("tickets/lookup/results/<str:result>/", lookup_views.lookup_result, name="lookup_result"),
    path("tickets/lookup/<str:token>/", lookup_views.lookup_run, name="lookup_run"),
    path("tickets/lookup/<str:token>/cancel/", lookup_views.lookup_cancel, name="lookup_cancel"),
    path("tickets/notes/", notes.note_list, name="notes"),
    path("tickets/<str:ticket_id>/notes/", notes.ticket_notes, name="ticket_notes"),
    path("tickets/<str:ticket_id>/notes/<int:pk>/remove/", notes.remove_note, name="remove_note"),
    path("tickets/<str:ticket_id>/", ticket.ticket_detail, name="ticket"),
    path("tickets/<str:ticket_id>/ticket.json", ticket.raw, name="raw"),
    path("tickets/<str:ticket_id>/same/", same_views.same_reference, name="same"),
    path("views/", saved_views.saved_views, name="views"),
    path("views/<int:pk>/", saved_views.change_view, name="view"),
    path("preferences/", preferences.preferences, name="preferences"),
]
