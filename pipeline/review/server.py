"""The server of a review, with its limits."""

from typing import Final

import uvicorn

from pipeline.review.access import Guard
from pipeline.review.address import Address
from pipeline.review.desk import Batch, Desk
from pipeline.review.routes import review_app

_CONNECTIONS: Final = 64  # at once; a browser opens six
_IDLE_S: Final = 5  # until a connection that asks nothing is closed
_LAST_ANSWERS_S: Final = 2  # for answers that are under way when it is ended


def guarded(offered: Desk | Batch, address: Address) -> Guard:
    """Return what answers at ``address``, and the link that opens it."""
    return Guard(review_app(offered), address)


def make_server(site: Guard) -> uvicorn.Server:
    """Return a server whose ``run(sockets=[...])`` answers until a signal ends it.

    It raises KeyboardInterrupt after Ctrl-C, when all is closed.
    """
    config = uvicorn.Config(
        site,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing stands before it
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
    )
    return uvicorn.Server(config)
