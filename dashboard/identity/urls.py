"""The addresses of log-in, single sign-on, and the pages to manage people."""

from django.contrib.auth.views import PasswordChangeDoneView
from django.urls import path

from dashboard.identity import single_sign_on, store_clocks  # noqa: F401 - importing store_clocks registers its pages
from dashboard.identity.administration import site
from dashboard.identity.login import LogIn, LogOut, change_password
from dashboard.identity.rights_of_addresses import all_need
from tickets_app.rights import ADMINISTER, LOGIN_ALONE, needs

urlpatterns = [
    path("login/", LogIn.as_view(), name="login"),
    path("login/sso/", single_sign_on.SignOnStart.as_view(), name="sso"),
    path("login/sso/callback/", single_sign_on.SignOnCallback.as_view(), name="sso-callback"),
    path("logout/", LogOut.as_view(), name="logout"),
    path("password/", change_password, name="password"),
    path("password/changed/", needs(LOGIN_ALONE)(PasswordChangeDoneView.as_view()), name="password_change_done"),
    path("admin/", all_need(ADMINISTER, site.urls)),
]
