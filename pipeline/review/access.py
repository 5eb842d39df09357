"""Who may talk to the review: whoever was given its link, from its own page, and nobody else's page.

A page of some other site runs in the same browser, and can send requests here. It cannot read the answers; so
that it cannot change anything either, a request must name this server (against names that lead here by a
trick), bring the cookie that the link was exchanged for, and come from our own page.
"""

import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.review.address import Address

_READING: Final = ("GET", "HEAD")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The page names its own style and script by their hashes; what only a header can forbid is forbidden here.
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_CLOSED_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">{again}
<title>storycheck review</title>
<style>
body {{ font: 1.05rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 3rem auto; padding: 0 1rem }}
</style>
<main><h1>This review is not open in this browser</h1>
<p>Use the link that storycheck printed in the terminal. It works once, in one browser. To open the review in
another, or if the link is lost, end storycheck there with Ctrl-C and start it again: no decision is lost.</p>
<p><a href="./">Try again</a></p></main>
</html>"""


class Guard:
    """Lets only those requests through to ``app`` that may be answered; ``link`` opens the review, once."""

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._app = app
        self._address = address
        self._token: str | None = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        # Cookies are one for all ports of a machine: two reviews at once must not overwrite each other's.
        self._cookie = f"storycheck-{address.port}"
        self.link = f"{address.origin}/?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            return
        answer = self._answer(Request(scope))
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _answer(self, request: Request) -> Response | None:
        """Return what is answered to a request that does not get through."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not self._address.serves(hosts[0]):
            return _refused(421, "This address is not served here: use the link that was printed.")
        is_open = _same(request.cookies.get(self._cookie, ""), self._session)
        if request.method == "GET" and request.url.path == "/" and "token" in request.query_params:
            return self._exchanged(request.query_params["token"], is_open=is_open)
        if not is_open:
            return _closed(request)
        if request.method not in _READING:
            return _unasked(request, hosts[0])
        return None

    def _exchanged(self, token: str, *, is_open: bool) -> Response:
        """Give a session for the token and let that die; whoever has a session already may go on with it."""
        if self._token is not None and _same(token, self._token):
            self._token = None
            entered = RedirectResponse("/", status_code=303)
            entered.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
            return entered
        return RedirectResponse("/", status_code=303) if is_open else _page_closed()


def _closed(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return _refused(403, "This review is not open in this browser: use the link printed in the terminal.")
    # A browser keeps our cookie back when a page of another site leads here, as a terminal in a browser is
    # one; coming from our own page the next moment, it does not.
    return _page_closed(is_led_here=request.headers.get("sec-fetch-site") in ("cross-site", "same-site"))


def _page_closed(*, is_led_here: bool = False) -> Response:
    again = '<meta http-equiv="refresh" content="0">' if is_led_here else ""
    return HTMLResponse(_CLOSED_PAGE.format(again=again), status_code=403)


def _unasked(request: Request, host: str) -> Response | None:
    """Return the refusal of a change that our own page cannot have sent."""
    origin = request.headers.get("origin")
    if origin is None:
        is_ours = request.headers.get("sec-fetch-site") == "same-origin"
    else:
        is_ours = origin == f"http://{host}"
    if not is_ours:
        return _refused(403, "A page of another site may not change decisions.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if kind == "application/json" else _refused(415, "Send application/json.")


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)


def _same(given: str, kept: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), kept.encode())


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_page = headers.get("content-type", "").startswith("text/html")
            headers["Content-Security-Policy"] = _PAGE_POLICY if is_page else _DATA_POLICY
            headers.update(_HEADERS)
        await send(message)

    return with_headers
