"""A position as the browser tells it."""

from django import forms

from core.geo import Point


class PositionForm(forms.Form):
    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)
    accuracy = forms.FloatField(min_value=0, max_value=1_000_000)

    @property
    def point(self) -> Point:
        return Point(self.cleaned_data["lon"], self.cleaned_data["lat"])
