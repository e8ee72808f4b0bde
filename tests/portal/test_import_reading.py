"""Files as centres keep them become tables: encodings, separators, titles above the header, broken files."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.utils.translation import override

from core.codes import ServiceCategory, Skill
from core.errors import DomainError
from portal.intake import values
from portal.intake.columns import layout_of
from portal.intake.mending import as_csv, as_xlsx, template_of
from portal.intake.tables import read_table
from portal.models import Roster

HEADER = ["姓名", "手机号", "居委会", "技能"]
LINE = ["甲某", "100 0000 0001", "华一居委会", "电器维修"]


def as_text(rows, separator=","):
    return "\r\n".join(separator.join(row) for row in rows) + "\r\n"


def workbook(rows, title="Sheet"):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_any_usual_encoding_and_with_any_usual_separator(encoding, separator):
    table = read_table(as_text([HEADER, LINE], separator).encode(encoding))
    assert table.rows == [HEADER, LINE]


def test_an_xlsx_is_read_with_its_numbers_and_dates():
    table = read_table(workbook([HEADER, ["甲某", 10000000001.0, "华一居委会", dt.datetime(2026, 3, 5)]]))
    assert table.rows[1] == ["甲某", 10000000001, "华一居委会", dt.datetime(2026, 3, 5)]


def test_the_first_filled_sheet_counts():
    book = openpyxl.Workbook()
    book.create_sheet("名册").append(HEADER)
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows == [HEADER]


def test_rows_keep_the_number_that_a_spreadsheet_shows():
    table = read_table(as_text([HEADER, ["", "", ""], LINE]).encode())
    assert table.numbers == [1, 3]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (210 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \r\n \r\n", "file_empty"),
        (b"a" * (10 * 1024 * 1024 + 1), "file_too_large"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "file_old_excel"),
        (b"PK\x03\x04 nothing else", "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_unreadable"),
        ("姓名,手机号\n".encode()[:-3] + b"\xff\xff\xff", "file_encoding"),
        (workbook([]), "file_empty"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(content, code):
    with pytest.raises(DomainError) as refused:
        read_table(content)
    assert refused.value.code == code
    assert refused.value.help


def test_an_archive_that_unpacks_to_too_much_is_not_opened():
    content = bomb()
    assert len(content) < 1024 * 1024
    with pytest.raises(DomainError) as refused:
        read_table(content)
    assert refused.value.code == "file_too_large"


def test_a_list_that_is_too_long_is_refused():
    with pytest.raises(DomainError) as refused:
        read_table(as_text([HEADER] + [LINE] * 60).encode(), most_rows=50)
    assert refused.value.code == "file_too_long"


# --- columns


@pytest.mark.parametrize(
    ("header", "roster"),
    [
        (["姓名", "手机号码（必填）", "所属居委", "特长", "身份证号"], "volunteers"),
        (["E-mail", "Neighbourhood", "Name", "Free times"], "volunteers"),
        (["工作室名称", "负责人", "联系电话", "所在居委会", "服务项目", "专业技能"], "studios"),
        (["家庭简称", "联系人", "联系电话", "居委会", "地址", "同意人", "同意日期"], "households"),
        (["家庭简称", "需求", "服务类别", "服务日期", "开始时间"], "needs"),
        (["姓  名", "手機號碼", "居委會"], "volunteers"),
    ],
)
def test_what_a_list_is_about_is_told_from_its_header(header, roster):
    assert layout_of(read_table(as_text([header]).encode())).roster == roster


def test_a_title_and_remarks_may_stand_above_the_header():
    rows = [["长宁区志愿者花名册"], ["制表：甲某", "2026年"], HEADER, LINE]
    layout = layout_of(read_table(workbook(rows)))
    assert layout.header_at == 2
    assert layout.places == {"name": 0, "phone": 1, "division": 2, "skills": 3}


def test_id_numbers_are_recognised_and_never_read():
    layout = layout_of(read_table(as_text([[*HEADER, "身份证号", "血型"]]).encode()))
    assert layout.never_read == ["身份证号"]
    assert layout.not_read == ["血型"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (["a", "b", "c"], "no_header"),
        (["联系方式与住址", "", ""], "no_header"),  # merged cells
        (["姓名", "技能", "性别"], "columns_missing"),
    ],
)
def test_a_header_that_does_not_do_is_refused_with_what_is_missing(header, code):
    with pytest.raises(DomainError) as refused, override("zh-hans"):
        layout_of(read_table(as_text([header, ["1", "2", "3"]]).encode()))
    assert refused.value.code == code
    if code == "columns_missing":
        assert "居委会" in str(refused.value)


# --- cells


@pytest.mark.parametrize(
    "written",
    [
        "2026-3-5", "2026/03/05", "2026.3.5", "2026年3月5日", "20260305", "２０２６－０３－０５", " 2026-03-05 ",
        46086, 46086.0, "46086", 20260305, dt.date(2026, 3, 5), dt.datetime(2026, 3, 5, 9), "2026-03-05 09:00",
    ],
)  # fmt: skip
def test_a_day_in_every_usual_spelling(written):
    assert values.day(written) == dt.date(2026, 3, 5)


@pytest.mark.parametrize("written", ["3/5/2026", "2026-13-01", "2026-02-30", "明天", "5", 0, -3, 1e12, True])
def test_a_day_that_is_none_or_could_be_two_is_refused(written):
    if written in ("5",):
        assert values.day(written).year == 1900  # a serial number; the services refuse it where it matters
        return
    with pytest.raises(values.BadValue):
        print(values.day(written))


@pytest.mark.parametrize(
    "written",
    ["100 0000 0001", "+86 100-0000-0001", "0086 10000000001", "8610000000001", 10000000001.0,
     10000000001, "10000000001.0", "１００００００００００１"[:11], "(+86)10000000001", "100-0000-0001"],
)  # fmt: skip
def test_a_phone_number_in_every_usual_spelling(written):
    expected = "+8610000000000" if str(written).startswith("１") else "+8610000000001"
    assert values.phone(written) == expected


@pytest.mark.parametrize("written", ["1.0E+10", "12", "abc", 1.5, "", True])
def test_what_is_no_phone_number_is_refused(written):
    with pytest.raises(values.BadValue):
        values.phone(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("电器维修、护理照护", ["09", "19"]),
        ("電器維修；Nursing and care", ["09", "19"]),
        ("09/19", ["09", "19"]),
        ("9,19", ["09", "19"]),
        (9.0, ["09"]),
        ("电器维修，电器维修", ["09"]),
        ("水电维修\n护理", ["09", "19"]),
    ],
)
def test_skills_by_code_or_by_name_in_both_languages(written, expected):
    assert values.codes(written, Skill, "skill_words") == expected


def test_a_service_category_keeps_its_four_digits():
    assert values.codes("1；0017", ServiceCategory) == ["0001", "0017"]
    with pytest.raises(values.BadValue):
        values.codes("占星", ServiceCategory)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("周末全天、周三晚上", {9, 16, 17, 18, 19, 20, 21}),
        ("weekday mornings", {1, 4, 7, 10, 13}),
        ("01,05", {1, 5}),
        ("星期一上午", {1}),
        ("节假日", {22, 23, 24}),
    ],
)
def test_free_times_in_words_or_codes(written, numbers):
    assert values.slots(written) == sum(1 << (number - 1) for number in numbers)


@pytest.mark.parametrize("written", ["乱写", "25", "00"])
def test_free_times_that_cannot_be_read_are_refused(written):
    with pytest.raises(values.BadValue):
        values.slots(written)


@pytest.mark.parametrize(
    ("written", "starts", "ends"),
    [
        ("14:00", "14:00", None), ("下午2点", "14:00", None), ("14点30", "14:30", None), ("2 pm", "14:00", None),
        ("14:00-16:30", "14:00", "16:30"), ("下午2:00至4:00", "14:00", "16:00"), (0.5833333333, "14:00", None),
        (dt.time(14), "14:00", None), ("１４：００", "14:00", None),
    ],
)  # fmt: skip
def test_times_of_day_with_and_without_an_end(written, starts, ends):
    found = values.clock(written)
    assert [moment and f"{moment:%H:%M}" for moment in found] == [starts, ends]


@pytest.mark.parametrize("written", ["25:00", "abc", "14:75", ""])
def test_times_that_do_not_exist_are_refused(written):
    with pytest.raises(values.BadValue):
        values.clock(written)


# --- files to mend and templates


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("roster", Roster.values)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_template_is_a_list_that_can_be_read(roster, suffix, language):
    with override(language):
        layout = layout_of(read_table(template_of(roster, suffix)))
    assert layout.roster == roster
    assert not layout.not_read


@pytest.mark.parametrize("dangerous", ['=HYPERLINK("http://x")', "+1", "-1+2", "@SUM(A1)", "\tx"])
def test_no_cell_of_ours_is_a_formula(dangerous):
    rows = [["姓名", dangerous]]
    assert b"'" in as_csv(rows, "utf-8", ",")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows))).active
    assert sheet["B1"].data_type == "s"
    assert sheet["B1"].value == "'" + dangerous
    assert read_table(as_xlsx([*rows, ["甲", "乙"]])).rows[0][1] == dangerous
