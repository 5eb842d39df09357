"""storycheck review: the report in a browser, with decisions that are kept beside the run."""

from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import DONE, told
from pipeline.cli.settings import ConfigFile

if TYPE_CHECKING:
    from pipeline.review.desk import Batch, Desk

EXAMPLES = """
Examples:
  storycheck review out                          # opens the browser
  storycheck review out --no-browser --port 8321 # prints the link alone
"""


def review(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a run, or of a batch of runs.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 takes one that is free.")
    ] = 0,
    host: Annotated[str, typer.Option(metavar="NAME", help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the review in the browser.")
    ] = True,
    config: ConfigFile = None,
) -> None:
    """Review a run in the browser: accept or dismiss what was found, kept in OUT/decisions.sqlite."""
    from pipeline.review.address import listen
    from pipeline.review.desk import open_desk
    from pipeline.review.server import guarded, make_server

    offered = open_desk(out)
    listening, address = listen(host, port)
    with closing(listening):
        site = guarded(offered, address)
        if not address.is_loopback:
            told(f"others on the network can reach this review at {host}; it is not encrypted.", DONE)
        read_only = _why_read_only(offered)
        if read_only is not None:
            told(f"decisions can only be read: {read_only}", DONE)
        typer.echo(f"Review at {site.link} (Ctrl-C ends it)")
        if browser:
            open_browser(site.link)
        with suppress(KeyboardInterrupt):
            make_server(site).run(sockets=[listening])
        typer.echo(
            f"\nReview ended; what was decided is kept: 'storycheck report {out}' puts it into the pages."
        )


def _why_read_only(offered: "Desk | Batch") -> str | None:
    from pipeline.review.desk import Desk
    from pipeline.store import why_read_only

    desks = [offered] if isinstance(offered, Desk) else offered.desks.values()
    return next((why for desk in desks if (why := why_read_only(desk.folder)) is not None), None)


def open_browser(link: str) -> None:
    """Open ``link`` in a browser that has a window; one in the terminal would take that over."""
    import threading
    import webbrowser

    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    if found.name in ("www-browser", "links", "elinks", "lynx", "w3m"):
        return
    threading.Thread(target=found.open, args=(link,), daemon=True).start()
