"""Which static files of the libraries are collected: not those that no page uses. Each is hashed and compressed twice."""

from django.contrib.staticfiles.apps import StaticFilesConfig

# Of Bootstrap, pages use bootstrap.min.css alone; its source map goes with it.
_UNUSED = ["js/bootstrap.*", "css/bootstrap-*", "css/bootstrap.rtl.*", "css/bootstrap.css*"]
# Of htmx, the second version, without extensions.
_UNUSED += ["django_htmx/htm*-4.*", "django_htmx/ext/*"]
# What is there for reading as well: pages take the short form, but for DEBUG, where nothing collected is served.
_UNUSED += ["jquery.js", "select2.full.js", "xregexp.js"]


class UsedStaticFiles(StaticFilesConfig):
    """Django's app, with more to ignore."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *_UNUSED]  # noqa: RUF012 - as in Django's own
