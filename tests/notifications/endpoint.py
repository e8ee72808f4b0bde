"""Local servers that stand for a vendor or a gateway: they keep what they were sent and answer as told."""

import contextlib
import http.server
import json
import threading


class Endpoint:
    def __init__(self):
        self.calls = []
        self.answer = (201, {})

    @contextlib.contextmanager
    def running(self):
        ours = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                ours.calls.append((self.path, dict(self.headers.items()), body))
                answer = ours.answer(self.path, body) if callable(ours.answer) else ours.answer
                status, content = answer[:2]
                self.send_response(status)
                for name, value in (answer[2] if len(answer) > 2 else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_arguments):
                """Quiet."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
