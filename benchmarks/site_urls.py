"""The site's own addresses, and beside them what it is compared with: Django's own list of people, as Django ships it."""

from django.contrib.admin import AdminSite
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.urls import path

from dashboard.identity.rights_of_addresses import all_need
from dashboard.urls import handler400, handler403, handler404, handler500
from dashboard.urls import urlpatterns as own
from tickets_app.rights import VIEW

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

beside = AdminSite(name="beside")
beside.register(User, UserAdmin)
urlpatterns = [path("beside/", all_need(VIEW, beside.urls)), *own]
