"""One connection to the mail server for all mails of a task.

Each mail still has a transaction, a state and retries of its own. After a failure the connection is closed and the next
mail opens another, so nothing that went wrong with one is left to the next. A server that cannot be reached is asked
once: the others of the task are put off without waiting for it again.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.core.mail import EmailMessage, get_connection

_line: ContextVar["Line | None"] = ContextVar("line", default=None)


class Line:
    """Opened by the first mail."""

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.unreachable: OSError | None = None

    def send(self, mail: EmailMessage) -> None:
        """Raises OSError (smtplib's errors are such) when the server does not take it."""
        if self.unreachable:
            raise self.unreachable
        try:
            self.backend.open()
        except OSError as error:
            self.unreachable = error
            self.close()
            raise
        try:
            self.backend.send_messages([mail])
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        with contextlib.suppress(OSError):  # it is gone: that is what was wanted
            self.backend.close()


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """All mails sent in here share a connection."""
    line = Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        line.close()


def send(mail: EmailMessage) -> None:
    """Over the connection of the task, else over one of its own. Raises OSError."""
    if line := _line.get():
        line.send(mail)
    else:
        mail.send()
