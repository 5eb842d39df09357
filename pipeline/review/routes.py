"""What the review answers: pages, and decisions as JSON. Addresses are looked up, never made into paths."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Final, TypeVar

from markupsafe import escape
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import InputError
from pipeline.report.text import one_line
from pipeline.review.desk import Batch, Desk, Ruled
from pipeline.store import newer_version, what_is_wrong
from schemas.decision import DECISIONS_VERSION, Decisions
from schemas.record import Record

MAX_RULED: Final = 1_000_000  # bytes of one decision
MAX_IMPORT: Final = 16_000_000  # bytes of a file of decisions
BODY_S: Final = 30.0  # for a body to arrive
_Found = TypeVar("_Found", bound=Record)
_Handler = Callable[[Desk, Request], Awaitable[Response]]
_BROKEN_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>storycheck review</title>
<style>
body {{ font: 1.05rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 3rem auto; padding: 0 1rem }}
</style>
<main><h1>This cannot be shown</h1>
<p>{}</p>
<p><a href="">Try again</a></p></main>
</html>"""


def review_app(offered: Desk | Batch) -> Starlette:
    """Return what answers for a story at ``/``; for a batch, its index there and each at ``/story/<n>/``."""
    desks = {"": offered} if isinstance(offered, Desk) else offered.desks
    prefix = "/" if isinstance(offered, Desk) else "/story/{number}/"

    def route(path: str, method: str, handler: _Handler) -> Route:
        async def answer(request: Request) -> Response:
            desk = desks.get(request.path_params.get("number", ""))
            if desk is None:
                raise HTTPException(404)
            return await handler(desk, request)

        return Route(prefix + path, answer, methods=[method])

    routes = [
        route("", "GET", _page),
        route("decisions", "GET", _decisions),
        route("decisions/{finding_id}", "PUT", _decide),
        route("undo", "POST", _undo),
        route("import", "POST", _import),
        route("export", "GET", _export),
    ]
    if isinstance(offered, Batch):
        batch = offered

        async def index(_request: Request) -> Response:
            return HTMLResponse(await run_in_threadpool(batch.page))

        routes.append(Route("/", index, methods=["GET"]))
    told = {HTTPException: _http_error, InputError: _unusable}
    app = Starlette(routes=routes, exception_handlers=told)
    app.router.redirect_slashes = False
    return app


async def _page(desk: Desk, _request: Request) -> Response:
    try:
        return HTMLResponse(await run_in_threadpool(desk.page))
    except InputError as error:
        return HTMLResponse(_BROKEN_PAGE.format(escape(one_line(str(error)))), status_code=503)


async def _decisions(desk: Desk, _request: Request) -> Response:
    return _json(await run_in_threadpool(desk.decisions))


async def _export(desk: Desk, _request: Request) -> Response:
    found = await run_in_threadpool(desk.decisions)
    return Response(
        found.model_dump_json(indent=2) + "\n",
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="decisions.json"'},
    )


async def _decide(desk: Desk, request: Request) -> Response:
    ruled = _parsed(Ruled, await _body(request, MAX_RULED), "decision")
    decision = await run_in_threadpool(desk.decide, request.path_params["finding_id"], ruled)
    if decision is None:
        raise HTTPException(404, "There is no such finding in the report: load the page again.")
    return _json(decision)


async def _undo(desk: Desk, _request: Request) -> Response:
    undone = await run_in_threadpool(desk.undo)
    if not undone:
        raise HTTPException(409, "There is nothing to undo.")
    changed = [
        {"finding_id": one.finding_id, "decision": one.decision and one.decision.model_dump(mode="json")}
        for one in undone
    ]
    # An import is taken back whole: what holds of all its findings is in "changed".
    return JSONResponse({**changed[-1], "changed": changed})


async def _import(desk: Desk, request: Request) -> Response:
    body = await _body(request, MAX_IMPORT)
    version = newer_version(body, DECISIONS_VERSION)
    if version is not None:
        why = f"written by a newer storycheck (version {version}, this one reads {DECISIONS_VERSION})"
        raise HTTPException(422, f"These decisions were {why}: update storycheck.")
    imported = await run_in_threadpool(desk.take_in, _parsed(Decisions, body, "file of decisions"))
    if imported is None:
        raise HTTPException(409, "These decisions are on another story: nothing was taken.")
    return JSONResponse(asdict(imported))


async def _body(request: Request, limit: int) -> bytes:
    """Return the body; one that is too large is given up while it arrives, whatever length it announced."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise HTTPException(413, f"This is too large: {limit:,} bytes are taken at most.")
    except TimeoutError:
        raise HTTPException(408, "This took too long to arrive: try again.") from None
    except ClientDisconnect:
        raise HTTPException(400, "This broke off.") from None
    return bytes(body)


def _parsed(record: type[_Found], body: bytes, what: str) -> _Found:
    try:
        return record.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422, f"This is no {what} ({what_is_wrong(error)}).") from None


def _json(record: Record) -> Response:
    return Response(record.model_dump_json(), media_type="application/json")


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 what it is registered for
    phrase = HTTPStatus(error.status_code).phrase
    why = error.detail if error.detail != phrase else f"{phrase}."
    return JSONResponse({"error": why}, status_code=error.status_code, headers=error.headers)


async def _unusable(_request: Request, error: Exception) -> Response:
    """Say why a report or a store cannot be used now; the same request may succeed later."""
    return JSONResponse({"error": one_line(str(error))}, status_code=503)
