"""Phased alerts and a browsing week, on invented draws."""

import pytest

from matching.engine.alerting import phased_alerts
from matching.engine.browsing import browse
from matching.engine.errors import OutOfRangeError
from matching.engine.ranking import EquityRanking
from matching.engine.synthetic.alerts import alarms
from matching.engine.synthetic.browsing import browsing_week


def test_replacing_refusals_serves_more_than_the_same_wave_without():
    drawn = alarms(1, 30, 400)
    plain, phased = phased_alerts(drawn, 7, replace=False), phased_alerts(drawn, 7)
    everybody = phased_alerts(drawn, 30)
    assert plain.served < phased.served <= everybody.served
    assert phased.alerted < everybody.alerted
    assert phased.in_vain < everybody.in_vain


def test_nobody_nearby_and_an_empty_wave_are_defined():
    assert phased_alerts(alarms(1, 0, 5), 7).served == 0.0
    with pytest.raises(OutOfRangeError):
        phased_alerts([], 0)


def test_equity_gives_more_needs_somebody_than_relevance_alone():
    week = browsing_week(3, needs=80, visitors=240)
    alone, fair = browse(week, EquityRanking(strength=0.0)), browse(week, EquityRanking())
    assert fair.needs > alone.needs
    assert fair.connections > 0.95 * alone.connections
