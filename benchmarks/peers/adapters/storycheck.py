"""storycheck itself, by its command, with the endpoint as a hosted one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers.adapters.task import Side, Task, run

COMMAND = "import sys; from pipeline.cli import main; sys.argv[0] = 'storycheck'; main()"
TIMEOUT_S = 600  # what it grants the embedded model; a hosted one is faster


def main(task: Task) -> None:
    """Check the story and tell the contradictions of the report; updates and differing speakers are none."""
    out = task.folder / "report"
    model = task.options.get("model", task.model)
    asked = ["check", task.story, "-o", str(out), "--model", model, "--timeout", str(TIMEOUT_S), "-q"]
    if "concurrency" in task.options:
        asked += ["--concurrency", task.options["concurrency"]]
    done = subprocess.run([sys.executable, "-I", "-c", COMMAND, *asked], check=False)
    if done.returncode == 3:
        task.note("its run was incomplete (exit code 3): some questions went unanswered")
    elif done.returncode:
        sys.exit(done.returncode)
    tell(task, json.loads((out / "report.json").read_text(encoding="utf-8")))


def tell(task: Task, report: dict[str, Any]) -> None:
    """Tell every contradiction of ``report``, a report.json."""
    files = {article["id"]: Path(article["path"]).name for article in report["articles"]}
    for conflict in report["contradictions"]:
        if conflict["relation"] == "contradiction":
            a, b = (Side(files[s["article_id"]], s["quote"], s["quote"]) for s in conflict["sides"])
            task.flag(a, b, conflict["reason"])


if __name__ == "__main__":
    run(main)
