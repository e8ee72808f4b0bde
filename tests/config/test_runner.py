"""What the runner decides before it starts anything."""

import pytest

from config.runner.site import loads_demo


@pytest.mark.parametrize(
    ("environment", "decided"),
    [
        ({}, "1"),
        ({"HTTPS": "0"}, "1"),
        ({"HTTPS": "1"}, "0"),
        ({"HTTPS": "True"}, "0"),
        ({"DATABASE_URL": "postgres://somewhere"}, "0"),
        ({"DATABASE_URL": "postgres://somewhere", "LOAD_DEMO": "1"}, "1"),
        ({"HTTPS": "1", "LOAD_DEMO": "1"}, "1"),
        ({"LOAD_DEMO": "0"}, "0"),
    ],
)
def test_the_demo_is_loaded_by_itself_only_on_a_machine_of_ones_own(environment, decided):
    assert loads_demo(environment) == decided
