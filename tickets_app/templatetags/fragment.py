"""What a page of Django's puts into itself: a fragment written for Jinja2, a part that never changes (docs/decisions/0077)."""

from dataclasses import dataclass
from functools import cache

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True, slots=True)
class _CsrfInput:
    """The field that each form of a page has. Django's own for Jinja2 masks the token anew for every one."""

    token: object  # of the page; made when it is first asked for

    def __html__(self) -> str:
        return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', self.token)


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str) -> str:
    """All that the page knows, the fragment knows too."""
    known: dict[str, object] = {str(key): value for key, value in context.flatten().items()}
    known["csrf_input"] = _CsrfInput(known.get("csrf_token", ""))
    html = get_template(name).render(known)
    return SafeString(html)  # nosec B703 - Jinja2 has escaped it


@register.simple_tag
def once(name: str) -> str:
    """A part in which nothing changes while a process runs: drawn once (with DEBUG each time, as files change then)."""
    return SafeString(_drawn.__wrapped__(name) if settings.DEBUG else _drawn(name))  # nosec B703 - a template made it


@cache
def _drawn(name: str) -> str:
    return get_template(name).render()
