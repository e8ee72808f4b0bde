"""The colours of tokens.css keep their contrast (WCAG 2.2 AA) in light and dark, and nothing else decides a colour."""

import re

import pytest
from django.conf import settings

CSS = settings.SITE / "static" / "css"
TEXT, EDGE = 4.5, 3.0
PAIRS = [
    *[("ink", ground, TEXT) for ground in ("paper", "surface", "sunken", "accent-soft")],
    *[("ink-2", ground, TEXT) for ground in ("paper", "surface", "sunken")],
    *[("ink", f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad", "info", "quiet")],
    *[(tone, f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad", "info", "quiet")],
    *[("accent", ground, TEXT) for ground in ("paper", "surface", "sunken")],
    *[("accent-strong", ground, TEXT) for ground in ("paper", "surface", "accent-soft")],
    *[("bad", ground, TEXT) for ground in ("paper", "surface")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-bad", "bad", TEXT),
    ("on-hero", "hero", TEXT),
    ("hero", "on-hero", TEXT),
    *[("line-strong", ground, EDGE) for ground in ("surface", "paper")],
    *[("accent", ground, EDGE) for ground in ("accent-soft", "quiet-soft")],
]


def tokens():
    """The tokens as light and dark read them."""
    text = (CSS / "tokens.css").read_text()
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text.split(":lang")[0]))
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text.split('[data-theme="dark"]')[1]))
    return {"light": light, "dark": light | dark}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_of_colours_can_be_read(theme, front, ground, least):
    colours = tokens()[theme]
    assert contrast(colours[front], colours[ground]) >= least


def test_dark_is_the_same_by_device_and_by_choice():
    text = (CSS / "tokens.css").read_text()
    by_device = text.split("prefers-color-scheme: dark")[1].split("}")[0]
    by_choice = text.split('[data-theme="dark"]')[1].split("}")[0]
    colours = [dict(re.findall(r"--([\w-]+): (.+?);", part)) for part in (by_device, by_choice)]
    assert colours[0] == colours[1]


def test_no_colour_is_decided_outside_the_token_file():
    allowed = {"#fff", "#000", "#333", "#bbb"}  # the ground of a QR code, and paper
    for name in ("base.css", "components.css"):
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", (CSS / name).read_text()))
        assert found <= allowed, name


def test_the_styles_stay_small():
    assert sum(path.stat().st_size for path in CSS.glob("*.css")) < 52_000
