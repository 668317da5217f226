"""Addresses that break or stream, beside the site's own."""

from django.contrib.auth.decorators import login_not_required
from django.http import StreamingHttpResponse
from django.urls import include, path

from dashboard import errors, urls


@login_not_required
def explode(_request):
    raise RuntimeError("?search_query=secret-guest")


@login_not_required
def stream(_request):
    return StreamingHttpResponse(iter([b"a", b"b"]))


urlpatterns = [path("explode", explode), path("stream", stream), path("", include(urls.urlpatterns))]
handler500 = errors.server_error
