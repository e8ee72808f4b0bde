"""A mail server that takes everything and remembers how often each message came."""

import asyncio
import re
from collections import Counter

ANSWERS = {b"EHLO": b"250 here\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Mailbox:
    def __init__(self) -> None:
        self.came: Counter[bytes] = Counter()
        self.lines = 0  # connections: several mails of one batch share one

    async def open(self) -> int:
        """The port it listens on."""
        self.server = await asyncio.start_server(self.take, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            writer.write(b"220 here\r\n")
            while line := await reader.readline():
                command = line[:4].upper()
                writer.write(ANSWERS.get(command, b"250 fine\r\n"))
                if command == b"DATA":
                    await writer.drain()
                    mail = await reader.readuntil(b"\r\n.\r\n")
                    found = re.search(rb"^Message-ID: (\S+)", mail, re.MULTILINE | re.IGNORECASE)
                    self.came[found[1] if found else b"?"] += 1
                    writer.write(b"250 taken\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the worker was killed
        finally:
            writer.close()
