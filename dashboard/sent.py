"""What was sent with a form, for a page that stands in its way to carry over: never passwords, nor what other sites send."""

from django.http import HttpRequest

_NEVER = {"csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2"}


def sent(request: HttpRequest, *, from_here: bool = False) -> list[tuple[str, str]] | None:
    """The fields of a form that is a page's of ours; None where that is not known, as of another site's.

    A page of ours would send it again with a token that is right. `from_here`: Django refused its token, and whoever calls
    this knows that one of our pages sent it. What is not read is not parsed either: it may be no form at all.
    """
    if not (from_here or getattr(request, "csrf_processing_done", False)):
        return None
    return [(name, str(value)) for name, values in request.POST.lists() if name not in _NEVER for value in values]
