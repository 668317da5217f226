"""The template tag for the mode that the key works in."""

from django import template

from tickets_app.gateway import tickets as gateway

register = template.Library()


@register.simple_tag
def mode() -> str:
    """LIVE or TEST, from the key's prefix."""
    return "LIVE" if gateway.is_live() else "TEST"
