"""Lists go in through the services: good rows in, bad rows back, the same list twice changes nothing."""

import datetime as dt
import io

import openpyxl
import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Household, Studio, User, Volunteer
from core.audit import open_sealed
from core.errors import DomainError
from core.models import Purpose
from matching.models import ServiceRequest
from portal.intake.importing import import_roster
from portal.intake.mending import file_to_mend
from portal.models import ImportedRow, SearchEntry

pytestmark = pytest.mark.django_db

MESSY = """志愿者花名册,,,,,,,,
序号,姓名,所属居委,手机号码,性别,出生年月,特长,可服务时间,身份证号
1,甲一,华一居委会,100 0009 0001,男,1980年3月5日,电器维修、护理照护,周末全天,310000
2,甲二,310105001002,+86 10000090002,女,1990/12/1,"09;19",工作日上午,
3,甲三,华三,１００００９０００１３,女,19850101,,随时,
4,,华一居委会,10000090004,男,1980-1-1,,,
5,甲五,火星居委会,10000090005,男,1980-1-1,占星术,,
6,甲六,华一居委会,12,男,1980-13-1,,,
7,甲一,华一居委会,100 0009 0001,男,1980年3月5日,电器维修、护理照护,周末全天,310000
8,甲八,华一居委会,10000090002,男,1980-1-1,,,
"""


def take(content, by, **options):
    options.setdefault("is_dry_run", False)
    with override("zh-hans"):
        return import_roster(content=content, by=by, **options)


@pytest.fixture
def messy(centre_user):
    return MESSY.encode("gb18030")


def counts(report):
    return report.rows, report.imported, report.already, report.refused


def test_a_messy_list_in_gb18030_goes_in_and_what_is_wrong_comes_back(messy, centre_user):
    report = take(messy, centre_user).report
    assert counts(report) == (8, 3, 1, 4)  # row 9 repeats row 3 word for word
    names = set(Volunteer.objects.values_list("user__name", flat=True))
    assert names == {"甲一", "甲二", "甲三"}
    first = Volunteer.objects.get(user__name="甲一")
    assert first.user.phone == "+8610000090001"
    assert first.born_on == dt.date(1980, 3, 5)
    assert first.home_division_id == "310105001001"
    assert [skill.skill for skill in first.skills.all()] == ["09", "19"]
    assert first.status == Volunteer.Status.APPLIED
    assert not first.user.has_usable_password()
    assert report.never_read == ["身份证号"]
    assert report.not_read == ["序号"]


def test_every_problem_names_its_row_its_column_and_the_reason(messy, centre_user):
    problems = {(problem.row, problem.column) for problem in take(messy, centre_user).report.problems}
    assert problems == {
        (6, "姓名"),
        (7, "所属居委"),
        (7, "特长"),
        (8, "手机号码"),
        (8, "出生年月"),
        (10, ""),
    }


def test_a_dry_run_reports_the_same_and_writes_nothing(messy, centre_user):
    report = take(messy, centre_user, is_dry_run=True).report
    assert counts(report) == (8, 3, 1, 4)
    assert not Volunteer.objects.exists()
    assert not ImportedRow.objects.exists()
    assert User.objects.count() == 1


def test_the_same_list_again_changes_nothing_and_says_so(messy, centre_user):
    take(messy, centre_user)
    before = list(Volunteer.objects.order_by("pk").values())
    report = take(messy, centre_user).report
    assert counts(report) == (8, 0, 4, 4)
    assert list(Volunteer.objects.order_by("pk").values()) == before


def test_the_file_to_mend_goes_in_once_it_is_mended(messy, centre_user):
    result = take(messy, centre_user)
    with override("zh-hans"):
        mend = file_to_mend(result)
    text = mend.decode("gb18030")
    assert text.splitlines()[0].endswith("身份证号,需要修改的地方")
    assert len(text.splitlines()) == 5
    mended = text.replace("4,,", "4,甲四,").replace("火星居委会", "华四居委会").replace("占星术", "手工制作")
    report = take(mended.encode("gb18030"), centre_user).report
    assert counts(report) == (4, 2, 0, 2)
    assert take(mended.encode("gb18030"), centre_user).report.already == 2


def test_a_phone_that_somebody_else_has_is_not_taken_over(centre_user, make_user):
    make_user("另一人", phone="+8610000090001")
    report = take("姓名,手机号,居委会\n甲一,10000090001,华一居委会\n".encode(), centre_user).report
    assert report.refused == 1
    assert not Volunteer.objects.exists()


def test_an_account_that_never_confirmed_its_number_gets_no_record(centre_user, make_user):
    make_user("甲一", phone="+8610000090001", last_login=timezone.now(), is_phone_verified=False)
    report = take("姓名,手机号,居委会\n甲一,10000090001,华一居委会\n".encode(), centre_user).report
    assert report.refused == 1


def test_an_account_that_nobody_has_signed_in_to_yet_must_have_confirmed_its_number_too(
    centre_user, make_user
):
    make_user("甲一", phone="+8610000090001", last_login=None, is_phone_verified=False)
    report = take("姓名,手机号,居委会\n甲一,10000090001,华一居委会\n".encode(), centre_user).report
    assert report.refused == 1
    assert not Volunteer.objects.exists()


def test_a_confirmed_address_of_ones_own_does_not_vouch_for_somebody_elses_number(centre_user, make_user):
    stranger = make_user("甲一", phone="+8610000090001", email="stranger@example.test")
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    report = take("姓名,手机号,居委会\n甲一,10000090001,华一居委会\n".encode(), centre_user).report
    assert report.refused == 1
    studios = "工作室名称,负责人,手机号,居委会,服务项目,技能\n巧手,甲一,10000090001,华一居委会,修灯,09\n"
    assert take(studios.encode(), centre_user).report.refused == 1
    assert not Volunteer.objects.exists()
    assert not Studio.objects.exists()


def test_an_account_of_an_earlier_list_gets_its_record(centre_user, make_user):
    user = make_user("甲一", phone="+8610000090001", email=None, password=None)
    report = take("姓名,手机号,居委会\n甲一,10000090001,华一居委会\n".encode(), centre_user).report
    assert counts(report) == (1, 1, 0, 0)
    assert Volunteer.objects.get().user == user


def test_who_is_registered_already_stays_as_they_are(centre_user, make_volunteer, make_user):
    user = make_user("甲一", phone="+8610000090001", is_phone_verified=True)
    volunteer = make_volunteer(user=user, radius_m=9000)
    report = take("姓名,手机号,居委会\n甲一,10000090001,华二居委会\n".encode(), centre_user).report
    assert counts(report) == (1, 0, 1, 0)
    volunteer.refresh_from_db()
    assert volunteer.radius_m == 9000


def test_people_whom_the_centre_knows_can_come_in_verified(messy, centre_user):
    take(messy, centre_user, is_verified=True)
    assert set(Volunteer.objects.values_list("status", flat=True)) == {Volunteer.Status.VERIFIED}


def test_a_worker_brings_only_what_lies_in_the_own_neighbourhood(messy, worker):
    report = take(messy, worker).report
    assert set(Volunteer.objects.values_list("home_division_id", flat=True)) == {worker.worker_codes[0]}
    assert any(problem.row == 4 and problem.column == "所属居委" for problem in report.problems)


def test_somebody_without_a_role_brings_nothing(messy, stranger):
    with pytest.raises(DomainError) as refused:
        take(messy, stranger)
    assert refused.value.code == "no_scope"


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


STUDIOS = (
    ["Studio", "Lead", "Lead's phone", "Neighbourhood", "Services", "Skill", "Licence", "Licence valid until",
     "Services a week"],
    ["示例法律工作室", "乙一", 10000090021.0, "华一居委会", "法律咨询、遗嘱见证", "Law", "律师执业证", 50000, 8],
    ["示例维修工作室", "乙二", "10000090022", "华二居委会", "修灯", "电器维修", "电工证", None, None],
)  # fmt: skip


def test_studios_come_from_a_spreadsheet_with_excel_numbers(centre_user):
    report = take(workbook(*STUDIOS), centre_user).report
    assert counts(report) == (2, 1, 0, 1)
    studio = Studio.objects.get()
    assert studio.lead.phone == "+8610000090021"
    assert studio.weekly_capacity == 8
    assert {service.name for service in studio.services.all()} == {"法律咨询", "遗嘱见证"}
    assert studio.credentials.get().valid_until == dt.date(2036, 11, 21)
    assert take(workbook(*STUDIOS), centre_user).report.already == 1


HOUSEHOLDS = (
    ["家庭简称", "联系人", "联系电话", "居委会", "地址", "服务对象", "健康情况", "同意人", "同意日期", "敏感个案"],
    ["一号家庭", "丙一", "100 0009 0031", "华一居委会", "示例路 1 号", "老年人、病患者", "行动不便", "本人",
     "2026-01-15", "是"],
    ["二号家庭", "丙二", "100 0009 0032", "华一居委会", "示例路 2 号", "", "", "邻居", "2026-01-15", ""],
)  # fmt: skip


def test_households_come_in_sealed_and_only_with_consent(centre_user):
    result = take(workbook(*HOUSEHOLDS), centre_user)
    assert counts(result.report) == (2, 1, 0, 1)
    household = Household.objects.get()
    assert household.is_sensitive
    assert household.people_served == ["03", "08"]
    assert "示例路".encode() not in bytes(household.address)
    opened = open_sealed(household, ["address", "phone"], by=centre_user, purpose=Purpose.SUPERVISE)
    assert opened == {"address": "示例路 1 号", "phone": "+8610000090031"}
    assert household.contact is None
    assert take(workbook(*HOUSEHOLDS), centre_user).report.already == 1


def test_a_household_is_linked_only_to_an_account_that_confirmed_the_number(centre_user, make_user):
    owner = make_user("丙一", phone="+8610000090031", is_phone_verified=True)
    take(workbook(*HOUSEHOLDS), centre_user)
    assert Household.objects.get().contact == owner


def needs_of(household):
    day = (timezone.localdate() + dt.timedelta(days=4)).isoformat()
    return workbook(
        ["家庭简称", "需求", "服务类别", "所需技能", "服务日期", "时间", "人数", "紧急程度", "备注"],
        [household.alias, "换灯泡", "社区服务", "09", day, "下午2点至4点", 1, "紧急", "三楼"],
        [household.alias, "陪聊", "关爱特殊群体", "", day, "9:00", None, None, None],
        ["没有这户", "陪聊", "关爱特殊群体", "", day, "9:00", None, None, None],
        [household.alias, "买菜", "社区服务", "", "2020-01-01", "9:00", None, None, None],
    )


def test_needs_are_posted_for_households_and_can_be_found_at_once(centre_user, household):
    report = take(needs_of(household), centre_user).report
    assert counts(report) == (4, 2, 0, 2)
    need = ServiceRequest.objects.get(title="换灯泡")
    assert need.urgency == ServiceRequest.Urgency.URGENT
    assert timezone.localtime(need.starts_at).hour == 14
    assert need.ends_at - need.starts_at == dt.timedelta(hours=2)
    assert SearchEntry.objects.filter(kind="need", is_public=True).count() == 2
    assert take(needs_of(household), centre_user).report.already == 2
    assert ServiceRequest.objects.count() == 2


# --- the command


def test_the_command_says_what_happened_and_writes_the_file_to_mend(messy, centre_user, tmp_path, capsys):
    source, target = tmp_path / "roster.csv", tmp_path / "mend.csv"
    source.write_bytes(messy)
    call_command("import_roster", source, "--dry-run", "--language", "en")
    assert "3 would be imported, 1 there already, 4 to mend" in capsys.readouterr().out
    call_command("import_roster", source, "--errors-to", target, "--language", "en")
    out = capsys.readouterr()
    assert "3 imported" in out.out
    assert "row 6" in out.err
    assert target.read_bytes()
    call_command("import_roster", source, "--by", centre_user.email, "--language", "en")
    assert "0 imported, 4 there already" in capsys.readouterr().out


def test_the_command_refuses_what_it_cannot_use(centre_user, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_roster", tmp_path / "nowhere.csv")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(CommandError):
        call_command("import_roster", empty)
    with pytest.raises(CommandError):
        call_command("import_roster", empty, "--by", "nobody@example.test")
