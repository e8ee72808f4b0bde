"""The yardstick: `websockets` and its broadcast, nothing else. `python bench/live/bare.py FD`."""

import asyncio
import socket
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

connections: set[ServerConnection] = set()


async def keep(connection: ServerConnection) -> None:
    """Whoever sends something has it broadcast to all."""
    connections.add(connection)
    try:
        async for message in connection:
            broadcast(connections, message)
    finally:
        connections.discard(connection)


async def main(descriptor: int) -> None:
    async with serve(
        keep, sock=socket.socket(fileno=descriptor), compression=None, ping_interval=None, backlog=2048
    ):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
