"""A form that an address fills in: its fields are read without what draws them."""

from django import forms
from django.core.exceptions import ValidationError

from tickets_app.display.fragments import Fields


class AddressForm(forms.Form):
    """A form whose `data` has a text for each of its fields; each field's `clean` reads that."""

    default_renderer = Fields

    def _clean_fields(self) -> None:
        """As Django does it, without a bound field for each: rows that are appended show none."""
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(self.data[name])
            except ValidationError as error:
                self.add_error(name, error)
