"""What a carrier raises."""


class Undeliverable(Exception):  # noqa: N818 (a word of the mail)
    """The channel has refused for good: no such address, a wrong template. Trying again is of no use."""
