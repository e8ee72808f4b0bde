"""Addresses of this app."""

from django.urls import path

from accounts.views import corrections, households, organisations, settings, studios, volunteers

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("language/", settings.language, name="language"),
    path("neighbourhoods/", settings.neighbourhoods, name="neighbourhoods"),
    # volunteers
    path("volunteers/", volunteers.volunteers, name="volunteers"),
    path("volunteers/register/", volunteers.volunteer_register, name="volunteer_register"),
    path("volunteers/register/<slug:step>/", volunteers.volunteer_register, name="volunteer_register"),
    path("volunteers/edit/", volunteers.volunteer_edit, name="volunteer_edit"),
    path("volunteers/corrections/", corrections.corrections, name="corrections"),
    path("volunteers/corrections/ask/", corrections.correction_ask, name="correction_ask"),
    path("volunteers/corrections/<int:pk>/answer/", corrections.correction_answer, name="correction_answer"),
    path("volunteers/licences/<int:pk>/check/", volunteers.licence_check, name="licence_check"),
    path("volunteers/<int:pk>/", volunteers.volunteer, name="volunteer"),
    path("volunteers/<int:pk>/edit/", volunteers.volunteer_edit, name="volunteer_edit"),
    *(
        path(f"volunteers/<int:pk>/{act}/", volunteers.volunteer_move, {"act": act}, name=f"volunteer_{act}")
        for act in ("verify", "suspend", "restore")
    ),
    # studios
    path("studios/", studios.studios, name="studios"),
    path("studios/register/", studios.studio_register, name="studio_register"),
    path("studios/register/<slug:step>/", studios.studio_register, name="studio_register"),
    path("studios/join/<str:token>/", studios.studio_join, name="studio_join"),
    path("studios/members/<int:pk>/leave/", studios.studio_leave, name="studio_leave"),
    path("studios/credentials/<int:pk>/check/", studios.credential_check, name="credential_check"),
    path("studios/<int:pk>/", studios.studio, name="studio"),
    path("studios/<int:pk>/edit/", studios.studio_edit, name="studio_edit"),
    *(
        path(f"studios/<int:pk>/{act}/", studios.studio_move, {"act": act}, name=f"studio_{act}")
        for act in ("verify", "suspend", "restore")
    ),
    # households
    path("households/", households.households, name="households"),
    path("households/register/", households.household_register, name="household_register"),
    path("households/register/<slug:step>/", households.household_register, name="household_register"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/open/", households.household_open, name="household_open"),
    path("households/<int:pk>/edit/", households.household_edit, name="household_edit"),
    # organisations
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/join/", organisations.organisation_join, name="organisation_join"),
    path("organisations/<int:pk>/leave/", organisations.organisation_leave, name="organisation_leave"),
    path("organisations/members/<int:pk>/admit/", organisations.member_admit, name="member_admit"),
]
