"""The template tag that puts a fragment written for Jinja2 into a page of Django's (docs/decisions/0077-rendering.md)."""

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str) -> str:
    """All that the page knows, the fragment knows too."""
    known = {str(key): value for key, value in context.flatten().items()}
    html = get_template(name).render(known, context.get("request"))
    return SafeString(html)  # nosec B703 - Jinja2 has escaped it
