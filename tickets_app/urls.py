"""The addresses of the pages for people (DESIGN.md, "URLs")."""

from django.urls import path
from django.views.generic import RedirectView

from tickets_app import views
from tickets_app.rights import VIEW, needs

app_name = "tickets"
urlpatterns = [
    path("", needs(VIEW)(RedirectView.as_view(pattern_name="tickets:list")), name="home"),
    path("tickets/", views.ticket_list, name="list"),
    path("tickets/histogram", views.histogram, name="histogram"),
    path("tickets/<str:ticket_id>/", views.ticket_detail, name="ticket"),
]
