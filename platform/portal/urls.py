"""Addresses of the portal."""

from django.urls import path

from portal import style, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("ask/", views.ask, name="ask"),
    path("my/", views.my, name="my"),
    path("search/", views.search, name="search"),
    path("search/save/", views.search_save, name="search_save"),
    path("search/saved/<int:pk>/forget/", views.search_forget, name="search_forget"),
    path("desk/", views.desk, name="desk"),
    path("desk/households/<int:pk>/end/", views.household_end, name="household_end"),
    path("desk/households/<int:pk>/reopen/", views.household_reopen, name="household_reopen"),
    path("centre/", views.centre, name="centre"),
    path("centre/verify/", views.verify, name="verify"),
    path("centre/verify/<str:kind>/<int:pk>/", views.verify_one, name="verify_one"),
    path("centre/overdue/", views.overdue, name="overdue"),
    path("centre/readings/", views.readings, name="readings"),
    path("centre/rules/", views.rules, name="rules"),
    path("centre/rules/decide/", views.rules_decide, name="rules_decide"),
    path("centre/rules/<int:pk>/withdraw/", views.rules_withdraw, name="rules_withdraw"),
    path("centre/working-days/", views.working_days, name="working_days"),
    path("centre/working-days/<str:day>/remove/", views.working_day_remove, name="working_day_remove"),
    path("centre/words/", views.synonyms, name="synonyms"),
    path("centre/words/<int:pk>/", views.synonyms_change, name="synonyms_change"),
    path("centre/messages/", views.told, name="told"),
    path("centre/messages/failed/", views.undelivered, name="undelivered"),
    path("centre/messages/failed/<int:pk>/", views.send_again, name="send_again"),
    path("centre/messages/<slug:kind>/<str:language>/", views.told_mail, name="told_mail"),
    path("centre/asks/", views.asks, name="asks"),
    path("centre/import/", views.imports, name="imports"),
    path("centre/import/<int:pk>/", views.one_import, name="import"),
    path("centre/import/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("centre/import/<int:pk>/mend/", views.import_mend, name="import_mend"),
    path("centre/import/template/<str:roster>.<str:suffix>", views.import_template, name="import_template"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("wall/", views.wall, name="wall"),
    path("style/", style.style, name="style"),
]
