"""A field of a form as HTML, kept by all that it depends on: most fields of most pages are empty, or hold one of a few values."""

from django import forms
from django.utils.safestring import SafeString

MOST = 500  # fields; some 500 characters each, and a menu of a hundred locations 10,000
ROOM = 5_000_000  # characters of all of them
LONGEST = 500  # characters of a value: what is longer, such as pasted references, does not come again

_kept: dict[tuple[object, ...], SafeString] = {}


class KeptBoundField(forms.BoundField):
    """Drawn once as long as nothing is wrong with it; a field with an error, or something to say of its value, each time."""

    picks_days = False

    def as_field_group(self) -> SafeString:
        """The field with its label and what stands beside it."""
        if self.errors or self.says_something():
            return super().as_field_group()
        value = self.value()
        if len(str(value or "")) > LONGEST:
            return super().as_field_group()
        depends_on = self._depends_on(value)
        html = _kept.get(depends_on)
        if html is None:
            html = super().as_field_group()
            _keep(depends_on, html)
        return html

    def says_something(self) -> bool:
        """Whether there is something to say of its value, besides errors."""
        return False

    def _depends_on(self, value: object) -> tuple[object, ...]:
        """All that templates/tickets/filters/_field.jinja and the widget's own template show."""
        widget = self.field.widget
        return (
            widget.template_name,
            widget.input_type if isinstance(widget, forms.TextInput) else "",
            tuple(widget.attrs.items()),
            tuple(widget.choices) if isinstance(widget, forms.Select) else (),
            self.name,
            self.auto_id,
            self.label,
            self.help_text,
            self.picks_days,
            value,
        )


def _keep(depends_on: tuple[object, ...], html: SafeString) -> None:
    kept = list(_kept.values())  # at once: other threads keep theirs
    if len(kept) >= MOST or sum(map(len, kept)) + len(html) > ROOM:
        _kept.clear()
    if len(html) <= ROOM:
        _kept[depends_on] = html
