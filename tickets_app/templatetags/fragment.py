"""The template tag that puts a fragment written for Jinja2 into a page of Django's (docs/decisions/0077-rendering.md)."""

from dataclasses import dataclass

from django import template
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
