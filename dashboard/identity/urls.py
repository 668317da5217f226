"""The addresses of log-in, single sign-on, and the pages to manage people."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordChangeDoneView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import path
from django.utils.module_loading import import_string

from dashboard.identity import store_clocks  # noqa: F401 - importing it registers its pages
from dashboard.identity.administration import site
from dashboard.identity.login import LogIn, LogOut, change_password
from dashboard.identity.rights_of_addresses import all_need
from tickets_app.rights import ADMINISTER, LOGIN_ALONE, needs


def single_sign_on(view: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view of single_sign_on.py, which is loaded where there is a provider: its libraries take 14 MiB of a process."""

    @login_not_required
    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
        response: HttpResponse = import_string(f"dashboard.identity.single_sign_on.{view}").as_view()(request)
        return response

    return answer


urlpatterns = [
    path("login/", LogIn.as_view(), name="login"),
    path("login/sso/", single_sign_on("SignOnStart"), name="sso"),
    path("login/sso/callback/", single_sign_on("SignOnCallback"), name="sso-callback"),
    path("logout/", LogOut.as_view(), name="logout"),
    path("password/", change_password, name="password"),
    path("password/changed/", needs(LOGIN_ALONE)(PasswordChangeDoneView.as_view()), name="password_change_done"),
    path("admin/", all_need(ADMINISTER, site.urls)),
]
