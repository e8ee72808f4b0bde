import os

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
def test_the_browser_has_chinese_letters_and_not_boxes(chromium):
    page = chromium.new_page()
    drawn = page.evaluate(DRAW, ["志", "愿", "\U0010fffe"])
    page.close()
    if len(set(drawn)) < 3 and os.environ.get("CI") != "true":
        pytest.skip("there is no Chinese font (Debian: apt install fonts-noto-cjk)")
    assert len(set(drawn)) == 3, "Chinese is drawn as boxes: a font is missing"
