"""Code tables of the national volunteer system (DOMAIN: service category, skill, people served, slots).

The codes are kept for exchange with it; only the words are translated.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceCategory(TextChoices):
    COMMUNITY = "0001", _("Community service")
    POVERTY = "0002", _("Poverty relief")
    EDUCATION = "0003", _("Teaching and schooling")
    HEALTH = "0004", _("Health and hygiene")
    LAW = "0005", _("Legal service")
    ENVIRONMENT = "0006", _("Environment")
    SCIENCE = "0007", _("Science and technology")
    CULTURE = "0008", _("Culture and arts")
    SAFETY = "0009", _("Public safety")
    CIVILITY = "0010", _("Civic manners")
    TRAFFIC = "0011", _("Traffic guidance")
    FIRE = "0012", _("Fire prevention")
    EMERGENCY = "0013", _("Emergency rescue")
    DRUGS = "0014", _("Drug prevention")
    SPORT = "0015", _("Sport and fitness")
    TOURISM = "0016", _("Tourist service")
    CARE = "0017", _("Care for people in need")
    EVENTS = "0018", _("Large events")
    OVERSEAS = "0019", _("Overseas service")
    TAX = "0020", _("Tax service")
    OTHER = "0099", _("Other service")


class Skill(TextChoices):
    FIRST_AID = "01", _("Medical first aid")
    SPORTS = "02", _("Sports")
    DRIVING = "03", _("Driving and transport")
    LAW = "04", _("Law")
    INFORMATION = "05", _("Information technology")
    MANAGEMENT = "06", _("Management")
    PUBLIC_RELATIONS = "07", _("Public relations")
    EDUCATION = "08", _("Education and training")
    ELECTRICAL = "09", _("Electrical repairs")
    SECURITY = "10", _("Security")
    ACCOUNTING = "11", _("Accounting and finance")
    DESIGN = "12", _("Design")
    RECEPTION = "13", _("Reception and service")
    MAINTENANCE = "14", _("Building maintenance")
    WRITING = "15", _("News writing")
    LANGUAGES = "16", _("Foreign languages")
    MUSIC = "17", _("Music")
    COUNSELLING = "18", _("Psychological counselling")
    NURSING = "19", _("Nursing and care")
    HANDICRAFT = "20", _("Handicraft")
    ARTS = "21", _("Culture and art")
    NETWORKS = "22", _("Network technology")
    PHOTOGRAPHY = "23", _("Photography and video")
    OTHER = "99", _("Other skill")


class PeopleServed(TextChoices):
    CHILDREN = "01", _("Children")
    WOMEN = "02", _("Women")
    ELDERLY = "03", _("Older people")
    DISABLED = "04", _("People with disabilities")
    PREFERENTIAL = "05", _("Entitled groups")
    POOR = "06", _("Families in poverty")
    SPECIAL = "07", _("Special groups")
    PATIENTS = "08", _("Patients")
    RURAL = "09", _("Rural residents")
    URBAN = "10", _("Urban residents")
    PUBLIC = "11", _("The public")
    OTHER = "99", _("Other people")


class Safeguard(TextChoices):
    INSURANCE = "01", _("Insurance")
    TRANSPORT = "02", _("Shared transport")
    ALLOWANCE = "03", _("Travel allowance")
    MEALS = "04", _("Meals")
    WATER = "05", _("Water")
    LODGING = "06", _("Lodging")
    CLOTHING = "07", _("Clothing")
    TOOLS = "08", _("Tools")
    HEALTH_CHECK = "09", _("Health check")
    TRAINING = "10", _("Training")
    CERTIFICATE = "11", _("Certificate")
    OTHER = "99", _("Other safeguard")


class OrganisationClass(TextChoices):
    TEAM = "1", _("Unregistered team")
    VOLUNTEER_ORGANISATION = "2", _("Volunteer organisation")
    OTHER_LEGAL_PERSON = "3", _("Other legal person")


class Sex(TextChoices):
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")


class IdType(TextChoices):
    MAINLAND = "01", _("Mainland ID card")
    HONG_KONG = "02", _("Hong Kong ID card")
    MACAO = "03", _("Macao ID card")
    TAIWAN = "04", _("Taiwan ID card")
    PASSPORT = "05", _("Passport")
    OFFICER = "06", _("Officer's card")
    SOLDIER = "07", _("Soldier's card")
    TRAVEL = "08", _("Other travel document")


class Grade(TextChoices):
    """How an hour is known: 信用时 was observed by the system, 荣誉时 was entered later with evidence."""

    CREDIT = "credit", _("Observed hours")
    HONOUR = "honour", _("Entered hours")


def skill_mask(codes: "list[str] | tuple[str, ...]") -> int:
    """The skills as bits of one integer, in the order of the table: bit 0 is 01."""
    order = Skill.values
    return sum(1 << order.index(code) for code in set(codes))
