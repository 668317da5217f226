"""The pages under /admin/ to manage people and roles: Django's admin, and as little of it as does the job.

The stores' clocks are managed there, too (store_clocks.py).
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from dashboard.identity.accounts import permissions
from dashboard.identity.login import LogOut
from tickets_app.rights import ADMINISTER, WORDS


class PeopleSite(AdminSite):
    """For staff who may administer. Everybody comes in through our own log-in page, which counts wrong passwords."""

    site_title = site_header = "Copper Tickets: administration"
    index_title = "People, roles and stores"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may open these pages."""
        user = request.user
        return user.is_active and bool(getattr(user, "is_staff", False)) and user.has_perm(ADMINISTER)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Never a form of its own; who gets as far as here is logged in and may not administer."""
        raise PermissionDenied

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override] # a redirect is enough
        """The site's own way out."""
        return LogOut.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override] # a redirect is enough
        """The site's own page."""
        return HttpResponseRedirect(resolve_url("password"))


site = PeopleSite(name="admin")


# What the filters beside the list of people ask for. Django takes any lookup of any field from the address, and fails at those
# that make no sense (the year 0, a range of one, a zero byte).
LOOKUPS = {"is_active__exact", "is_active__isnull", "groups__id__exact", "groups__isnull"}


class OnlyAdministrators:
    """One right opens these pages; Django's four rights for each model are not used."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the pages themselves link to; anything else is a bad request."""
        return lookup in LOOKUPS

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """People and roles are referred to by their number; Django fails at a relation (`_to_field=user` of a role)."""
        return to_field == "id"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One person or role; an empty `_to_field` in the address names no field."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc] # of the class mixed into

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the section is shown."""
        return request.user.has_perm(ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody here may look."""
        return request.user.has_perm(ADMINISTER)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody here may add."""
        return request.user.has_perm(ADMINISTER)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody here may change, but not those who stand above."""
        above = isinstance(obj, User) and obj.is_superuser and not getattr(request.user, "is_superuser", False)
        return request.user.has_perm(ADMINISTER) and not above

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody is deleted: an account is switched off, so that what it did keeps its name."""
        return False


class PersonAdmin(OnlyAdministrators, UserAdmin):  # type: ignore[type-arg] # Django's takes no type at run time
    """One person: name, password, roles."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Name", {"fields": ("first_name", "last_name", "email")}),
        ("What this person may do", {"fields": ("is_active", "groups", "is_staff")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("is_active", "groups")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the roles, in one query."""
        return super().get_queryset(request).prefetch_related("groups")

    def roles(self, person: User) -> str:
        """The roles, in words."""
        return ", ".join(group.name for group in person.groups.all())


class RoleAdmin(OnlyAdministrators, GroupAdmin):
    """One role: its name and rights."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        """Only this site's own rights, not Django's for each table."""
        if db_field.name == "permissions":
            kwargs["queryset"] = permissions(WORDS)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


site.register(User, PersonAdmin)
site.register(Group, RoleAdmin)
