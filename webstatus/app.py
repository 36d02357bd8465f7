"""The page's routes. Everything is read from the snapshot that the engine publishes; nothing can be changed here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from bot.clock import Clock, SystemClock
from bot.model.link import LinkState
from bot.model.overview import Overview
from webstatus.access import FAILURES_SPAN, Door, LoginCodes, TooManyFailures
from webstatus.figures import Figures
from webstatus.gate import Gate, PageSessions, wants_json
from webstatus.headers import add_headers
from webstatus.link_view import TONES, fingerprint, known_facts, pairing_code, qr_code, refresh_interval
from webstatus.metrics import Metrics
from webstatus.qr import qr_svg
from webstatus.reader import LANGUAGES, Say
from webstatus.source import Source
from webstatus.status_document import status_document

#: A login lasts a working day.
SESSION_LIFE = timedelta(hours=12)
#: The engine publishes at least once a minute; a snapshot older than this means that it hangs.
STALE = timedelta(minutes=2)
#: After this long without one it does not come back by itself, and a host may start the bot again.
HUNG = timedelta(minutes=5)
#: Bytes; no form of ours is longer.
LONGEST_BODY = 4096
STATIC = Path(__file__).parent / "static"


def create_app(
    overview: Callable[[], Overview],
    say: Say,
    *,
    token: str | None = None,
    codes: LoginCodes | None = None,
    proxies: int = 0,
    clock: Clock | None = None,
) -> Flask:
    """The page as a WSGI application.

    overview: the latest snapshot; called from several threads. say: the catalogue's sentences. token: the key that
    visitors need; without one, only requests to this machine's own names are answered. codes: makes login links work.
    proxies: how many stand in front of the page and write down whom they pass on.
    """
    clock = clock or SystemClock()
    source = Source(overview, say, clock)
    page = Page(source)
    gate = Gate(Door(token, clock, codes) if token is not None else None, source, proxies)
    app = Flask(__name__, static_folder=None)  # its own route for them would answer to OPTIONS
    configure(app, has_token=token is not None)
    app.before_request(gate.check)
    metrics = Metrics(overview)
    app.after_request(add_headers)
    app.after_request(metrics.count)
    app.add_url_rule("/", "index", page.index)
    app.add_url_rule("/qr.svg", "qr", page.qr)
    app.add_url_rule("/api/status", "status", page.status)
    app.add_url_rule("/metrics", "metrics", metrics.text)
    app.add_url_rule("/healthz", "healthz", page.healthz)
    app.add_url_rule("/readyz", "readyz", page.readyz)
    app.add_url_rule("/static/<name>", "static", page.static)
    app.add_url_rule("/login", "login", gate.login)
    app.add_url_rule("/login", "log_in", gate.log_in, methods=["POST"])
    app.register_error_handler(TooManyFailures, page.slow_down)
    app.register_error_handler(HTTPException, page.went_wrong)
    return app


def configure(app: Flask, *, has_token: bool) -> None:
    app.config.update(
        HAS_TOKEN=has_token,
        MAX_CONTENT_LENGTH=LONGEST_BODY,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SECRET_KEY=secrets.token_bytes(32),  # new at each start: a restart ends all logins
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="testigo",
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = PageSessions()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


class Page:
    """What can be asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def index(self) -> str:
        shown, reader = self._source.overview(), self._source.reader()
        code = qr_code(shown.link, reader.now)
        return render_template(
            "page.html",
            overview=shown,
            trends=shown.trends,
            charts=Figures(shown, reader),
            link=shown.link,
            reader=reader,
            languages=LANGUAGES,
            tone=TONES[shown.link.state],
            facts=list(known_facts(shown.link, reader)),
            qr=fingerprint(code) if code else "",
            pairing=pairing_code(shown.link, reader.now),
            refresh=round(refresh_interval(shown.link).total_seconds()),
            is_stale=self._source.age() > STALE,
        )

    def qr(self) -> Response:
        code = qr_code(self._source.overview().link, self._source.clock.now())
        if not code:
            abort(HTTPStatus.NOT_FOUND)
        return Response(qr_svg(code), mimetype="image/svg+xml")

    def static(self, name: str) -> Response:
        return send_from_directory(STATIC, name)

    def status(self) -> dict[str, Any]:
        return status_document(self._source.overview())

    def healthz(self) -> tuple[dict[str, bool], HTTPStatus]:
        """The process answers and its engine goes on; if not, starting it again helps."""
        return _verdict("ok", self._source.age() <= HUNG)

    def readyz(self) -> tuple[dict[str, bool], HTTPStatus]:
        """The bot works: it is connected, and the engine does not hang. If not, a person may have to act."""
        is_connected = self._source.overview().link.state is LinkState.CONNECTED
        return _verdict("ready", is_connected and self._source.age() <= STALE)

    def slow_down(self, _: TooManyFailures) -> AnyResponse:
        answer = self._error(HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(round(FAILURES_SPAN.total_seconds()))
        return answer

    def went_wrong(self, error: HTTPException) -> AnyResponse:
        answer = self._error(HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR))
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer

    def _error(self, status: HTTPStatus) -> AnyResponse:
        if wants_json(request):
            answer = jsonify(error=status.phrase.lower())
        else:
            reader = self._source.plain_reader()
            answer = Response(render_template("error.html", reader=reader, status=status))
        answer.status_code = status
        return answer


def _verdict(name: str, is_so: bool) -> tuple[dict[str, bool], HTTPStatus]:
    return {name: is_so}, HTTPStatus.OK if is_so else HTTPStatus.SERVICE_UNAVAILABLE
