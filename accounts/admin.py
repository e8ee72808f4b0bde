"""What the site's keepers edit by hand: places on the map, rules with their day, units, roles. Nothing sealed."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Division, Organisation, RuleSet, StaffRole, User


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The tree comes from the migration; names and places can be corrected."""

    list_display = ["code", "name", "level", "parent", "lon", "lat"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Division | None = None) -> list[str]:
        return ["code", "level"] if obj else []


@admin.register(RuleSet)
class RuleSetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """New numbers are a new row with a later day; the old row says what held before."""

    list_display = ["effective_on", "division", "minimum_age", "weekly_asks", "rest_minutes"]
    list_select_related = ["division"]
    autocomplete_fields = ["division"]
    save_as = True


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "kind", "organisation_class", "is_registered", "how_to_join", "division"]
    list_filter = ["kind", "how_to_join"]
    list_select_related = ["division"]
    search_fields = ["name"]
    autocomplete_fields = ["division"]


@admin.register(StaffRole)
class StaffRoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "kind", "division", "given_at"]
    list_filter = ["kind"]
    list_select_related = ["user", "division"]
    autocomplete_fields = ["user", "division"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To find a person and to close an account; addresses and passwords are changed by the person alone."""

    list_display = ["name", "is_active", "is_staff", "joined_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "email", "phone"]
    fields = ["name", "is_active", "is_staff", "language", "joined_at"]
    readonly_fields = ["joined_at"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: User | None = None) -> bool:
        return False
