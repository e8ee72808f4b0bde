"""First pages, desks, search and imports; each view asks for what it shows and renders it."""

from portal.views.centre import centre, overdue, readings, verify, verify_one
from portal.views.desk import desk
from portal.views.home import ask, home
from portal.views.households import household_end, household_reopen
from portal.views.imports import import_confirm, import_mend, import_template, imports, one_import
from portal.views.my import my
from portal.views.rules import rules, rules_decide, rules_withdraw, working_day_remove, working_days
from portal.views.search import search, search_forget, search_save
from portal.views.service_worker import service_worker
from portal.views.synonyms import synonyms, synonyms_change
from portal.views.told import asks, send_again, told, told_mail, undelivered
from portal.views.wall import wall

__all__ = [
    "ask",
    "asks",
    "centre",
    "desk",
    "home",
    "household_end",
    "household_reopen",
    "import_confirm",
    "import_mend",
    "import_template",
    "imports",
    "my",
    "one_import",
    "overdue",
    "readings",
    "rules",
    "rules_decide",
    "rules_withdraw",
    "search",
    "search_forget",
    "search_save",
    "send_again",
    "service_worker",
    "synonyms",
    "synonyms_change",
    "told",
    "told_mail",
    "undelivered",
    "verify",
    "verify_one",
    "wall",
    "working_day_remove",
    "working_days",
]
