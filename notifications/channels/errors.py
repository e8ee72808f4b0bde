"""What a carrier raises."""


class Undeliverable(Exception):
    """The channel has refused for good: no such address, a wrong template. Trying again is of no use."""
