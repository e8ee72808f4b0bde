"""Codes that open accounts never end in the log of a site that is open to others."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from accounts.deployment import CONSOLE_MAIL, check_codes_stay_out_of_the_log
from accounts.sms import send_sms

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def found(settings, *, https=True, mail=SMTP, sms="accounts.sms.NoSms"):
    settings.HTTPS, settings.EMAIL_BACKEND, settings.SMS_BACKEND = https, mail, sms
    return [message.id for message in check_codes_stay_out_of_the_log()]


def test_printed_mail_and_messages_are_refused_with_https(settings):
    assert found(settings, mail=CONSOLE_MAIL) == ["accounts.E001"]
    assert found(settings, sms="accounts.sms.ConsoleSms") == ["accounts.E002"]
    assert found(settings, sms="accounts.sms.NoSuch") == ["accounts.E003"]
    assert found(settings) == []


def test_on_ones_own_machine_both_are_printed(settings):
    assert found(settings, https=False, mail=CONSOLE_MAIL, sms="accounts.sms.ConsoleSms") == []


def test_the_check_for_deployment_asks(settings):
    settings.HTTPS, settings.EMAIL_BACKEND = True, CONSOLE_MAIL
    with pytest.raises(SystemCheckError, match=r"accounts\.E001"):
        call_command("check", deploy=True)


def test_without_a_gateway_neither_number_nor_code_is_written(settings, caplog, capsys):
    settings.SMS_BACKEND = "accounts.sms.NoSms"
    send_sms(phone="+8610000000001", text="123456")
    written = caplog.text + "".join(capsys.readouterr())
    assert "not sent" in written
    assert "123456" not in written
    assert "0000001" not in written
