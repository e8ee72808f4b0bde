import pytest
from channels.layers import channel_layers


@pytest.fixture(autouse=True)
def fresh_layer():
    """Each test has its own connections to Redis: the loop of the last one is gone."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()
