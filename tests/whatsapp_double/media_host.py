"""The media host: takes encrypted files, and gives them out by path."""

from __future__ import annotations

import hashlib
import json

#: What the client appends to every path; whatsmeow insists on the question mark.
_SIGNATURE = "?ccb=11-4&oh=x&oe=y"


class MediaHost:
    def __init__(self, host: str) -> None:
        self._host = host
        self.files: dict[str, bytes] = {}  #: encrypted, by path without its query
        self.statuses: dict[str, int] = {}  #: forced HTTP status by prefix of the path, or of host and path
        self.requests: list[tuple[str, str, int]] = []  #: method, path, status; 0 when it was never answered
        self.is_silent = False  #: takes requests for files and never answers

    def put(self, blob: bytes) -> str:
        """Keep a file; its direct path."""
        path = "/v/t62/" + hashlib.sha256(blob).hexdigest()[:24]
        self.files[path] = blob
        return path + _SIGNATURE

    def answer(self, method: str, host: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        """HTTP status, content type and body."""
        status, kind, content = self._answer(method, host, path.split("?", 1)[0], body)
        self.requests.append((method, path, status))
        return status, kind, content

    def ignore(self, method: str, path: str) -> None:
        """A request that gets no answer."""
        self.requests.append((method, path, 0))

    def _answer(self, method: str, host: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        for prefix, status in self.statuses.items():
            if path.startswith(prefix) or f"{host}{path}".startswith(prefix):
                return status, "text/plain", b""
        if method == "POST":
            direct = self.put(body)
            uploaded = {"url": f"https://{self._host}{direct}", "direct_path": direct, "handle": "", "object_id": ""}
            return 200, "application/json", json.dumps(uploaded).encode()
        blob = self.files.get(path)
        return (200, "application/octet-stream", blob) if blob is not None else (404, "text/plain", b"")
