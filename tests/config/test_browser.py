import os
from pathlib import Path

import pytest

DRAW = """
(letters) => letters.map((letter) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  pen.font = "48px sans-serif";
  pen.fillText(letter, 4, 52);
  return canvas.toDataURL();
})
"""


@pytest.mark.browser
def test_the_browser_has_chinese_letters_and_not_boxes():
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.skip(os.environ.get("NO_BROWSER", f"there is no Chromium at {path}"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        drawn = browser.new_page().evaluate(DRAW, ["志", "愿", "\U0010fffe"])
        browser.close()
    if len(set(drawn)) < 3 and os.environ.get("CI") != "true":
        pytest.skip("there is no Chinese font (Debian: apt install fonts-noto-cjk)")
    assert len(set(drawn)) == 3, "Chinese is drawn as boxes: a font is missing"
