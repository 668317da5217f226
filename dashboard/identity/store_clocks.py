"""The pages under /admin/ for the stores' clocks: one by one, and all of them as CSV."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model
from django.forms import ChoiceField, Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from dashboard.identity.administration import OnlyAdministrators, site
from tickets_app.display import person
from tickets_app.gateway import tickets as gateway
from tickets_app.models import LocationClock
from tickets_app.rights import ADMINISTER, staying
from tickets_app.stores import table
from tickets_app.stores.table import BadTableError, Known

MAX_FILE = 1_000_000  # bytes: some 20,000 stores


class ClockAdmin(OnlyAdministrators, admin.ModelAdmin):  # type: ignore[type-arg] # Django's takes no type at run time
    """One store: its location, zone, and when its business day turns over. Here entries are deleted, too."""

    search_fields = ("location", "zone")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody here may: the pages say “zone not set” again."""
        return request.user.has_perm(ADMINISTER)

    def get_list_display(self, request: HttpRequest) -> Any:
        """With the names that Copper's Locations have."""
        names = gateway.location_names()

        @admin.display(description="Name")
        def name(clock: LocationClock) -> str:
            return names.of(clock.location)

        return ("location", name, "zone", "turns_over")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A clock stays its location's."""
        return ("location",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        """Menus of the zones, and of the locations where their names are known."""
        choices: list[tuple[str, str]] = []
        if db_field.name == "zone":
            choices = [(zone, zone) for zone in person.zones()]
        elif db_field.name == "location":
            choices = [(id_, f"{name} ({id_})") for id_, name in gateway.location_names().by_id.items()]
        if choices:
            return ChoiceField(choices=[("", "Choose one"), *choices], label=db_field.verbose_name.capitalize())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        """The usual ones, and those of the table."""
        export, take = (self.admin_site.admin_view(view) for view in (self.export_csv, self.import_csv))
        return [
            path("export.csv", export, name="tickets_app_locationclock_export"),
            path("import/", staying(take), name="tickets_app_locationclock_import"),
            *super().get_urls(),
        ]

    def export_csv(self, request: HttpRequest) -> HttpResponse:
        """All of them as a file that can be imported again."""
        headers = {"Content-Disposition": 'attachment; filename="store-clocks.csv"'}
        content = table.write(LocationClock.objects.all())
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def import_csv(self, request: HttpRequest) -> HttpResponse:
        """Take a table over, or say what is wrong on which line, with all of it to be corrected."""
        text, error = request.POST.get("table", ""), None
        if request.method == "POST":
            try:
                text = _with_file(text, request.FILES.get("file"))
                clocks = table.read(text, Known.of(gateway.location_names(refresh=True)))
                return self._taken_over(request, clocks)
            except BadTableError as bad:
                error = bad
        context = {
            **self.admin_site.each_context(request),
            "title": "Import store clocks",
            "opts": self.opts,
            "text": text,
            "problems": error.problems if error else [],
        }
        template = "admin/tickets_app/locationclock/import.html"
        return TemplateResponse(request, template, context, status=error.status if error else 200)

    def _taken_over(self, request: HttpRequest, clocks: list[LocationClock]) -> HttpResponse:
        with transaction.atomic():
            table.take_over(clocks)
            saved = LocationClock.objects.filter(location__in=[clock.location for clock in clocks])
            LogEntry.objects.log_actions(str(request.user.pk), saved, CHANGE, "Imported from CSV.")
        messages.success(request, f"Imported: {len(clocks)}. Other processes know it within 15 seconds.")
        return HttpResponseRedirect(reverse("admin:tickets_app_locationclock_changelist"))


def _with_file(text: str, file: "UploadedFile[bytes] | None") -> str:
    """What was pasted, or what the file holds. Raises BadTableError."""
    if file is None:
        return text
    if text.strip():
        raise BadTableError(["There is a table in the field as well: empty it, or choose no file."])
    if (file.size or 0) > MAX_FILE:
        raise BadTableError([f"This file is too large: at most {MAX_FILE // 1_000_000} MB."])
    try:
        return bytes(file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTableError(["This file is no text in UTF-8 (Excel: “CSV UTF-8”)."]) from None


site.register(LocationClock, ClockAdmin)
