"""Every error the engine raises on purpose.

All of them are ``ValueError`` too, so a caller that only knows numpy's manners catches them as well.
"""


class EngineError(ValueError):
    """What was put into the engine cannot be worked with; the message says what and where."""


class NotFittedError(EngineError):
    """``fit`` has not been called yet."""


class BadShapeError(EngineError):
    """Two arrays that must have the same length do not, or one has the wrong number of dimensions."""


class NotFiniteError(EngineError):
    """A coordinate, cost, probability or feature is NaN or infinite where that means nothing."""


class OutOfRangeError(EngineError):
    """A number lies outside what is defined: a negative headcount, a probability of 1.2, a 25th slot."""


class UnknownFeatureError(EngineError):
    """A feature that is not on the allow-list was asked for or supplied."""


class ImpossiblePinError(EngineError):
    """Pinned pairs contradict the seats, a capacity, or a forbidden pair."""


class UnknownFormatError(EngineError):
    """A file is none of the formats the command line reads."""


class StalePlanError(EngineError):
    """The plan was refitted already; what it stood on belongs to the newer plan."""
