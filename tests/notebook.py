"""Runs docs/notebook.ipynb in a kernel of its own, over the recorded answers.

``python -m tests.notebook`` writes the outputs into it anew: for when what a run shows has changed.
"""

import tempfile
from pathlib import Path
from unittest import mock

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.cassette import FOLDER
from tests.replay import replay

NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"
LONGEST_S = 900  # for a cell: the machine may be busy with other things


def executed() -> NotebookNode:
    """Return the notebook with the outputs of a fresh kernel, which knows nothing of this user's settings."""
    read: NotebookNode = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as home, replay(FOLDER / "ellen-marrick.yaml") as base_url:
        own = {"OPENAI_BASE_URL": base_url, "IPYTHONDIR": home, "JUPYTER_RUNTIME_DIR": home, "HOME": home}
        with mock.patch.dict("os.environ", own):
            client = NotebookClient(read, timeout=LONGEST_S, startup_timeout=LONGEST_S)
            client.resources = {"metadata": {"path": NOTEBOOK.parent}}
            client.extra_arguments = ["--log-level=ERROR"]
            client.execute()
    for cell in read.cells:
        cell.metadata = NotebookNode()  # when it was executed
    return read


if __name__ == "__main__":
    nbformat.write(executed(), NOTEBOOK)
