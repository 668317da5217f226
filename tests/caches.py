"""All caches of the settings, for tests that begin with nothing kept."""

from django.core.cache import caches


def clear() -> None:
    """Forget all that is kept, in whichever of them."""
    for cache in caches.all():
        cache.clear()
