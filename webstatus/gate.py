"""The gate in front of the page: lets requests in or turns them away, and logs visitors in."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Request, Response, abort, jsonify, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as AnyResponse

from webstatus.access import Door, is_this_machine
from webstatus.source import Source

#: What anyone may ask for even if there is a token: they betray nothing.
OPEN_ENDPOINTS = frozenset({"healthz", "readyz", "static", "login", "log_in"})


class Gate:
    """`door` is None for a page without a token: it answers only requests to this machine's own names."""

    def __init__(self, door: Door | None, source: Source, proxies: int = 0) -> None:
        self._door = door
        self._source = source
        self._proxies = proxies

    def check(self) -> AnyResponse | None:
        """Run before each request; None lets it in."""
        if self._door is None:
            return None if is_this_machine(request.host) else abort(HTTPStatus.MISDIRECTED_REQUEST)
        if request.endpoint in OPEN_ENDPOINTS or session.get("is_known"):
            return None
        offered = offered_token(request)
        if offered is not None and self._door.opens_to_token(offered, visitor_address(request, self._proxies)):
            return None
        return self._ask_for_token(was_wrong=False)

    def login(self) -> AnyResponse | str:
        """GET /login: the form, or the target of a login link.

        A right link is answered with a page that moves on by itself, not with a redirect: after a click in another
        site, browsers would follow that without the SameSite=Strict cookie.
        """
        code = request.args.get("code")
        if self._door is None or session.get("is_known"):
            return redirect("/", HTTPStatus.SEE_OTHER)
        if code is None or request.method == "HEAD":
            return render_template("login.html", reader=self._source.reader(), was_wrong=False)
        if not self._door.opens_to_code(code, visitor_address(request, self._proxies)):
            return self._ask_for_token(was_wrong=True)
        remember_visitor()
        return render_template("welcome.html", reader=self._source.reader())

    def log_in(self) -> AnyResponse:
        """POST /login: the token typed in the form."""
        if self._door is None or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(HTTPStatus.FORBIDDEN)
        if not self._door.opens_to_token(request.form.get("token", ""), visitor_address(request, self._proxies)):
            return self._ask_for_token(was_wrong=True)
        remember_visitor()
        return redirect("/", HTTPStatus.SEE_OTHER)

    def _ask_for_token(self, *, was_wrong: bool) -> AnyResponse:
        if wants_json(request):
            answer = jsonify(error="unauthorized")
        else:
            answer = Response(render_template("login.html", reader=self._source.reader(), was_wrong=was_wrong))
        answer.status_code = HTTPStatus.UNAUTHORIZED
        answer.headers["WWW-Authenticate"] = 'Bearer realm="testigo"'
        return answer


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed session cookie, marked Secure whenever the visitor came by https.

    A host's proxy says so in X-Forwarded-Proto. Who forges it only makes their own cookie stricter.
    """

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"


def remember_visitor() -> None:
    session.permanent = True
    session["is_known"] = True


def offered_token(asked: Request) -> str | None:
    """The token of the X-Auth-Token header, or of `Authorization: Bearer`."""
    if (header := asked.headers.get("X-Auth-Token")) is not None:
        return header
    if asked.authorization and asked.authorization.type == "bearer":
        return asked.authorization.token
    return None


def visitor_address(asked: Request, proxies: int = 0) -> str:
    """Who asks: the other end of the connection, or whom our own proxies say that they pass on.

    Each proxy appends whom it got the request from to X-Forwarded-For; what stands before that, anybody can forge.
    """
    passed_on = [each.strip() for each in asked.headers.get("X-Forwarded-For", "").split(",")]
    is_told = 0 < proxies <= len(passed_on) and passed_on[-proxies]
    return is_told or asked.remote_addr or ""


def wants_json(asked: Request) -> bool:
    return asked.path.startswith("/api/") or asked.path in ("/healthz", "/readyz", "/metrics")
