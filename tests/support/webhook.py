"""A webhook on this machine that takes alerts."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Webhook(HTTPServer):
    """Takes JSON by POST; refuses while `is_down`."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.is_down = False
        self.asked = 0
        super().__init__(("127.0.0.1", 0), _Taker)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/alerts?secret=s3cret"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Taker(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        if not self.server.is_down:
            self.server.got.append(json.loads(body))
        self.send_response(503 if self.server.is_down else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
