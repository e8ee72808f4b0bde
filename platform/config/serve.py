"""One web process: `python -m config.serve FD` serves the listening socket FD, which its parent has opened.

The parent keeps the socket: while a web process is replaced, connections wait in its queue instead of being refused.
"""

import os
import socket
import sys

import uvicorn

BACKLOG = 2048  # connections that wait in the kernel during a rush
LAST_WORDS = 5  # seconds that a request may still take when we are asked to stop


def listen(host: str, port: int) -> socket.socket:
    """A listening socket for several web processes. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, accepted sockets are known to be TCP and are sent from without Nagle's delay.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def main(descriptor: int) -> None:
    from config.asgi import application

    behind_proxy = os.environ.get("BEHIND_PROXY", "").lower() in {"1", "true", "yes", "on"}
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            backlog=BACKLOG,
            proxy_headers=behind_proxy,
            forwarded_allow_ips=os.environ.get("TRUSTED_PROXIES", "127.0.0.1"),
            access_log=False,
            log_config=None,  # Django's LOGGING counts
            lifespan="off",
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=LAST_WORDS,
            ws="websockets-sansio",  # least memory a socket: bench/live
            ws_per_message_deflate=False,  # frames are short, and a compressor is 30 KB a socket
            ws_ping_interval=20,
            ws_ping_timeout=20,
            ws_max_size=64 * 1024,
        )
    )
    with socket.socket(fileno=descriptor) as listening:
        server.run([listening])  # with uvloop and httptools where they are installed


if __name__ == "__main__":
    main(int(sys.argv[1]))
