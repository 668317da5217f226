"""Fragments of pages that are long or come with every row: Jinja2 compiles them to Python (docs/decisions/0077-rendering.md)."""

from pathlib import Path
from typing import Any, cast

from django import forms
from django.forms.renderers import BaseRenderer
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.text import slugify
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, TemplateNotFound

from tickets_app.display.paths import path_of

# Django's own templates of form fields, which it ships for Jinja2, too.
_WIDGETS = Path(forms.__file__).parent / "jinja2"


class Fragments(FileSystemLoader):
    """Finds `*.jinja`. The pages in the same folders are Django's."""

    def get_source(self, environment: Environment, template: str) -> Any:
        """Read one, or leave it to others."""
        if not template.endswith(".jinja"):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


def environment(**options: Any) -> Environment:
    """What Django makes its Jinja2 engine of. Everything is escaped but what says itself that it is HTML."""
    folders = options.pop("loader").searchpath
    options["autoescape"] = True
    made = Environment(loader=ChoiceLoader([Fragments(folders), FileSystemLoader(_WIDGETS)]), **options)  # noqa: S701 - it is on  # nosec B701
    made.trim_blocks = made.lstrip_blocks = True
    made.globals |= {"url": path_of, "static": static}
    made.filters["slugify"] = slugify
    return made


def compile_all() -> None:
    """Compile every fragment now. A server does so before it starts its workers: the first page of each would wait for it."""
    engine = cast("Jinja2", engines["jinja2"])
    for name in engine.env.list_templates(filter_func=lambda one: one.endswith(".jinja")):
        engine.env.get_template(name)


class Fields(BaseRenderer):
    """Renders the fields of our forms: by our own fragment, and what is in it by Django's templates for Jinja2."""

    def get_template(self, template_name: str) -> Any:
        """One of these alone."""
        return get_template(template_name, using="jinja2")
