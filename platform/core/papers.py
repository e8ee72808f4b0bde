"""Papers that leave the site: PDF with its fonts inside, Chinese and English, QR codes drawn as squares.

Noto Sans SC and Noto Serif SC come as a wheel; only the glyphs used are put into the file. A character that the fonts
do not have (some rare surnames beyond the basic plane) is never an empty box: it is named by its code point, so that a
reader sees what is missing and a clerk can write it in.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

SANS, SERIF = "sans", "serif"
FONTS: dict[str, Callable[[], Path]] = {
    SANS: pylopdf_fonts_zh_cn.sans_path,
    SERIF: pylopdf_fonts_zh_cn.serif_path,
}
Colour = tuple[int, int, int]
INK: Colour = (32, 33, 36)
QUIET: Colour = (95, 99, 104)


@lru_cache(maxsize=1)
def known_characters() -> frozenset[int]:
    """Code points that both fonts can draw."""
    first, *others = (frozenset(TTFont(path(), lazy=True).getBestCmap()) for path in FONTS.values())
    return first.intersection(*others)


def missing_characters(text: str) -> list[str]:
    """Characters of `text` that no paper can draw."""
    known = known_characters()
    return [mark for mark in dict.fromkeys(text) if ord(mark) not in known and mark.isprintable()]


def drawable(text: str) -> str:
    """`text` with every character that cannot be drawn named instead: 〔U+20BB7〕. Control characters go."""
    known = known_characters()
    return "".join(
        mark if ord(mark) in known or mark == "\n" else f"〔U+{ord(mark):04X}〕" if mark.isprintable() else ""
        for mark in text
    )


class Paper(FPDF):
    """One A4 paper in millimetres. `write_line` and `write_block` take any text; `qr` draws a code."""

    def __init__(self, *, title: str, language: str, landscape: bool = False, margin: float = 20) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", unit="mm", format="A4")
        for family, path in FONTS.items():
            self.add_font(family, fname=path())
        self.set_text_shaping(True)
        self.set_title(title)
        self.set_lang(language)
        self.set_margin(margin)
        self.set_auto_page_break(True, margin)
        self.add_page()
        self.use(SANS)

    def use(self, family: str, size: float = 11, colour: Colour = INK) -> None:
        """Font, size in points and colour of what follows."""
        self.set_font(family, size=size)
        self.set_text_color(*colour)

    def write_line(self, text: str, *, align: str = "L", height: float = 0, width: float = 0) -> None:
        """One line, made smaller when it would not fit between the margins (never below half its size)."""
        shown, size = drawable(text), self.font_size_pt
        room = width or self.w - self.r_margin - self.x
        needed = self.get_string_width(shown)
        if needed > room:
            self.set_font_size(max(size * room / needed * 0.99, size / 2))
        self.cell(width or 0, height or size * 0.55, shown, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font_size(size)

    def write_block(self, text: str, *, align: str = "L", leading: float = 1.6) -> None:
        """A paragraph, folded at the margins; `leading` in heights of the font."""
        self.multi_cell(
            0,
            self.font_size * leading,
            drawable(text),
            align=align,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def qr(self, text: str, *, x: float, y: float, size: float, link: str = "") -> None:
        """`text` as a QR code of `size` mm with its quiet border, in squares; `link` makes it clickable."""
        code = segno.make(text, error="m", micro=False)
        rows = [bytes(row) for row in code.matrix_iter(border=4)]
        side = size / len(rows)
        self.set_fill_color(255, 255, 255)
        self.rect(x, y, size, size, style="F")
        self.set_fill_color(0, 0, 0)
        for row, marks in enumerate(rows):
            column = 0
            while column < len(marks):  # neighbours in one rectangle: no hairlines, and a smaller file
                run = column
                while run < len(marks) and marks[run]:
                    run += 1
                if run > column:
                    self.rect(x + column * side, y + row * side, (run - column) * side, side, style="F")
                column = run + 1
        if link:
            self.link(x, y, size, size, link)

    def finished(self) -> bytes:
        return bytes(self.output())
