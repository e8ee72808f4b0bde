"""For looking: everything here is changed by acts, and the ledger by nobody."""

from typing import Any

from django.contrib import admin

from activities.models import Activity, RankingSnapshot, ServiceRecord, SignUp


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, *_args: Any, **_options: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any, **_options: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any, **_options: Any) -> bool:
        return False


@admin.register(Activity)
class ActivityAdmin(LookOnly):
    list_display = ("title", "status", "division", "starts_at")
    list_filter = ("status",)
    search_fields = ("title",)


@admin.register(SignUp)
class SignUpAdmin(LookOnly):
    list_display = ("volunteer", "shift", "status", "is_late_cancel")
    list_filter = ("status", "is_late_cancel")


@admin.register(ServiceRecord)
class ServiceRecordAdmin(LookOnly):
    list_display = ("volunteer", "name", "starts_at", "minutes", "grade", "revision")
    list_filter = ("grade", "source_kind")


@admin.register(RankingSnapshot)
class RankingSnapshotAdmin(LookOnly):
    list_display = ("subject_kind", "period", "period_starts_on", "division", "edition", "published_at")
