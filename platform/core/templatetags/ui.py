"""Components as template tags; how to use each: platform/templates/components/README.md, every state: /style/."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core.widgets import slot_rows

register = template.Library()
HIDDEN = mark_safe('aria-hidden="true"')

# What a status says, in one of six tones. A code that is not here is shown quietly, never wrongly.
TONES = {
    "accent": {"open", "asking", "sent", "recruiting", "signed-up", "now"},
    "info": {"staffed", "on-my-way", "checked-in", "checked-out", "served", "full", "soon", "member"},
    "good": {"accepted", "verified", "done", "active", "good"},
    "warn": {"applied", "review", "returned", "waiting", "waitlisted", "overdue", "warn"},
    "bad": {"suspended", "failed", "urgent", "refused", "bad"},
}
TONE_OF = {code: tone for tone, codes in TONES.items() for code in codes}
ALERT_ICONS = {
    "good": "done",
    "warn": "warning",
    "bad": "stop",
    "info": "info",
    "accent": "info",
    "quiet": "info",
}


def tone_of(code: object) -> str:
    """The tone of a status code; `_` and `-` are one."""
    return TONE_OF.get(str(code).lower().replace("_", "-"), "quiet")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One icon of icons.svg, hidden from screen readers: the word beside it speaks."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def badge(code: object, label: object = "", tone: str = "") -> SafeString:
    """`{% badge need.status need.get_status_display %}`; the tone follows from the code unless it is given."""
    return format_html('<span class="badge tone-{}">{}</span>', tone or tone_of(code), label or code)


@register.filter
def tone(code: object) -> str:
    return tone_of(code)


@register.filter
def alert_icon(tone_name: str) -> str:
    return ALERT_ICONS.get(tone_name, "info")


@register.filter
def message_tone(level_tag: str) -> str:
    """Django's message levels as tones."""
    return {"success": "good", "warning": "warn", "error": "bad", "info": "info"}.get(level_tag, "quiet")


@register.simple_tag
def avatar(name: object, extra: str = "") -> SafeString:
    """The first character of a name on one of four grounds; decoration only, the name stands beside it."""
    text = str(name).strip() or "?"
    ground = sum(map(ord, text)) % 4 + 1
    return format_html(
        '<span class="avatar avatar-{} {}" aria-hidden="true">{}</span>', ground, extra, text[0].upper()
    )


@register.simple_tag
def progress(value: float, maximum: float, label: str = "") -> SafeString:
    """A bar. Give `label` unless words beside it say the same."""
    most = max(float(maximum), 0.0001)
    return format_html(
        '<progress class="progress" value="{}" max="{}" {}></progress>',
        f"{min(float(value), most):g}",
        f"{most:g}",
        format_html('aria-label="{}"', label) if label else HIDDEN,
    )


@register.simple_tag
def stars(reached: int, of: int = 5) -> SafeString:
    """How many stars somebody was granted; nothing for none."""
    if not reached:
        return mark_safe("")
    label = gettext("%(reached)d of %(of)d stars") % {"reached": reached, "of": of}
    return format_html(
        '<span class="stars" role="img" aria-label="{}" title="{}">{}<span>{}</span></span>',
        label,
        label,
        "★" * reached,
        "★" * (of - reached),
    )


@register.inclusion_tag("components/steps.html")
def steps(labels: Any, current: int) -> dict[str, Any]:
    """Where the person is in a form of several steps; `current` counts from 1."""
    return {
        "steps": [(number, label) for number, label in enumerate(labels, 1)],
        "current": current,
        "count": len(labels),
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Earlier and later pages of a list; every other filter of the address is kept."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def address(number: int) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "following": address(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", href: str = "", action: str = "", picture: str = "dots"
) -> dict[str, Any]:
    """Nothing here yet, and what to do next. Pictures: dots, calendar, home, search, chat."""
    return {"title": title, "text": text, "href": href, "action": action, "picture": picture}


@register.inclusion_tag("components/alert.html")
def alert(tone: str, title: object, text: object = "", href: str = "", action: str = "") -> dict[str, Any]:
    """Why something is so, and what would help."""
    return {"tone": tone, "title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/alert.html")
def refusal(error: Any) -> dict[str, Any]:
    """A DomainError: its reason and what would help."""
    return {"tone": "bad", "title": error.reason, "text": error.help, "is_live": True}


@register.inclusion_tag("components/slots_read.html")
def slots(mask: int) -> dict[str, Any]:
    """The week of availability to read; `mask` has slot 1 in bit 0 (core.slots)."""
    return {"rows": slot_rows(chosen={str(n + 1) for n in range(24) if int(mask) >> n & 1})}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """All that must be mended in a form, each a link to its field; nothing when the form is right."""
    fields = [(field, error) for field in form for error in field.errors] if form.is_bound else []
    return {"form": form, "fields": fields, "general": form.non_field_errors() if form.is_bound else []}


@register.filter
def optional_word(field: Any) -> str:
    """The word beside a field that may stay empty."""
    is_one_of_several = getattr(
        field.field, "is_one_of_several", False
    )  # one of them is needed: the form says so
    return "" if field.field.required or field.field.disabled or is_one_of_several else gettext("optional")


@register.filter
def is_single_check(field: Any) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not hasattr(
        field.field.widget, "choices"
    )
