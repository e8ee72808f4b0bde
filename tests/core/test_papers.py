"""Papers: every character is drawn or named, the fonts are inside, the code can be read."""

import pypdfium2
import pytest
import zxingcpp

from core.papers import SERIF, Paper, drawable, missing_characters


@pytest.fixture
def paper():
    return Paper(title="证明", language="zh-CN")


def text_of(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


@pytest.mark.parametrize(
    "name", ["张喆", "甯堃", "㑇样", "䶮试", "𫖯例", "𨱏例", "仝·买买提", "O'Néill Müller"]
)
def test_a_name_of_the_national_list_is_drawn(name, paper):
    assert missing_characters(name) == []
    paper.write_line(name)
    assert name in text_of(paper.finished())


def test_a_surname_that_no_font_has_is_named_by_its_code_point(paper):
    assert missing_characters("𠮷样") == ["𠮷"]
    paper.use(SERIF, 20)
    paper.write_line("𠮷样")
    assert "〔U+20BB7〕样" in text_of(paper.finished())


def test_control_characters_go():
    assert drawable("张\u0000\u202e三") == "张三"


def test_only_the_used_glyphs_are_put_in(paper):
    paper.write_line("志愿服务记录证明")
    assert len(paper.finished()) < 60_000


def test_a_long_line_is_made_smaller_and_stays_on_the_page(paper):
    paper.write_line("很长的单位名称" * 12)
    page = pypdfium2.PdfDocument(paper.finished())[0]
    boxes = [item.get_bounds() for item in page.get_objects()]
    assert max(right for _, _, right, _ in boxes) <= page.get_width()


def test_a_phone_reads_the_code(paper):
    text = "https://ningju.example/verify/" + "aZ9-_." * 70
    paper.qr(text, x=20, y=40, size=46)
    picture = pypdfium2.PdfDocument(paper.finished())[0].render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == text
    scale = picture.width / 210
    assert 20 <= found.position.top_left.x / scale <= 25
