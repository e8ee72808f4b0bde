"""Needs that come again and again: one press fills kind, skills and length, so that posting takes under a minute."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.codes import ServiceCategory, Skill


@dataclass(frozen=True)
class Preset:
    key: str
    title: Promise
    category: str
    skills: tuple[str, ...]
    minutes: int
    is_remote: bool = False


PRESETS = (
    Preset("doctor", _("Company to the doctor"), ServiceCategory.CARE, (), 180),
    Preset("repair", _("Small electrical repair"), ServiceCategory.COMMUNITY, (Skill.ELECTRICAL,), 60),
    Preset("company", _("Company and a chat"), ServiceCategory.CARE, (), 60),
    Preset("shopping", _("Shopping and errands"), ServiceCategory.COMMUNITY, (), 60),
    Preset("law", _("Legal advice"), ServiceCategory.LAW, (Skill.LAW,), 60, is_remote=True),
    Preset("phone", _("Help with the phone or computer"), ServiceCategory.SCIENCE, (Skill.INFORMATION,), 60),
    Preset("care", _("Care for a few hours"), ServiceCategory.CARE, (Skill.NURSING,), 120),
    Preset("lessons", _("Help with school lessons"), ServiceCategory.EDUCATION, (Skill.EDUCATION,), 90),
)
PRESET_BY_KEY = {preset.key: preset for preset in PRESETS}
