"""A page hands work to the queue. It neither waits for a queue that is gone nor fails because of it."""

import logging
import signal
import time

import pytest
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

from config import celery, embedded

pytestmark = pytest.mark.services


@pytest.fixture
def redis(home):
    with home.locked(), embedded.started(embedded.Redis(home)) as process:
        yield process
        process.send_signal(signal.SIGCONT)


def nothing():
    pass


@pytest.fixture
def task(home, redis):
    """A task of an application like ours on a Redis that the test may stop."""
    app = Celery(
        "elsewhere", broker=embedded.celery_url(home.redis_url), task_cls=celery.Task, set_as_current=False
    )
    app.conf.broker_transport_options = celery.HASTY
    celery.breaker.reset()
    yield app.task(nothing, name="nothing")
    celery.breaker.reset()
    app.close()


def seconds_to_fail(task):
    began = time.monotonic()
    with pytest.raises(OperationalError):
        task.delay()
    return time.monotonic() - began


def test_a_queue_that_is_there_takes_the_task(task):
    assert task.delay().id


def test_a_queue_that_hangs_costs_half_a_second_once(task, redis):
    task.delay()
    redis.send_signal(signal.SIGSTOP)
    assert seconds_to_fail(task) < 0.8
    assert seconds_to_fail(task) < 0.05

    redis.send_signal(signal.SIGCONT)
    celery.breaker.reset()
    assert task.delay().id


def test_a_queue_that_hangs_from_the_start_costs_no_more(task, redis):
    redis.send_signal(signal.SIGSTOP)
    assert seconds_to_fail(task) < 0.8


def test_a_queue_that_is_gone_costs_next_to_nothing(task, redis):
    task.delay()
    redis.kill()
    redis.wait()
    assert seconds_to_fail(task) < 0.5
    assert seconds_to_fail(task) < 0.05


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_commit_does_not_fail_because_of_the_queue(task, redis, caplog):
    redis.kill()
    redis.wait()
    with caplog.at_level(logging.WARNING), transaction.atomic():
        task.delay_on_commit()
    assert "was not queued" in caplog.text
