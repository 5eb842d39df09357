"""The contenders: what is installed for each, what drives it, and what was done to it to make it run here."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contender:
    """One entry of the comparison.

    ``installs`` are the arguments of one ``pip install`` each, run in the environment of that name; a
    contender without any runs in this one. ``done_to_it`` says how it differs from the package as shipped.
    """

    name: str
    distribution: str
    adapter: str
    done_to_it: str
    environment: str = ""
    installs: tuple[tuple[str, ...], ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


STORYCHECK = Contender(
    name="storycheck",
    distribution="storycheck",
    adapter="storycheck",
    done_to_it=(
        "as shipped; it takes the endpoint for a hosted one, without the schedule it keeps for its own model"
    ),
)
STORYCHECK_RULES = Contender(
    name="storycheck-rules",
    distribution="storycheck",
    adapter="storycheck",
    options={"model": "rules"},
    done_to_it="as shipped, with --model rules: no model is asked",
)
ONUS = Contender(
    name="onus",
    distribution="onus",
    adapter="onus",
    environment="onus",
    installs=(("onus==0.1.0", "pydantic-ai-slim[openai]>=2.0"),),
    options={"output": "schema"},
    done_to_it=(
        "pydantic-ai's OpenAI client added, answers asked for by JSON schema instead of a tool call; run "
        "once per article with the others as its evidence; findings it calls contradicted, with a quote, "
        "are flags"
    ),
)
ONUS_TOOLS = Contender(
    name="onus-tools",
    distribution="onus",
    adapter="onus",
    environment="onus",
    installs=ONUS.installs,
    options={"output": "tools"},
    done_to_it=(
        "pydantic-ai's OpenAI client added; run once per article with the others as its evidence; findings "
        "it calls contradicted, with a quote, are flags"
    ),
)
CONTRACHECKER = Contender(
    name="contrachecker",
    distribution="contrachecker",
    adapter="contrachecker",
    environment="contrachecker",
    installs=(("contrachecker[llm]==0.1.0",),),
    options={"extractor": "llm"},
    done_to_it=(
        "unchanged, called as a library: a chunk per paragraph, its LLM extractor; an answer it fails on "
        "costs that chunk instead of the run; OPENAI_BASE_URL says where to ask, since it ignores base_url"
    ),
)
CONTRACHECKER_PATTERNS = Contender(
    name="contrachecker-patterns",
    distribution="contrachecker",
    adapter="contrachecker",
    environment="contrachecker",
    installs=CONTRACHECKER.installs,
    options={"extractor": "patterns"},
    done_to_it=(
        "unchanged, called as a library: a chunk per paragraph, its default extractor, which asks no model"
    ),
)
CONSISTENCY_CHECKER = Contender(
    name="consistency-checker",
    distribution="consistency-checker",
    adapter="consistency_checker",
    environment="consistency-checker",
    installs=(
        # The rest of what it asks for (torch, its web server, PDF reading) is not imported on this way.
        ("--no-deps", "consistency-checker==0.4.1"),
        ("openai>=1.50", "pydantic>=2.7", "numpy>=1.26", "faiss-cpu>=1.7", "pysbd>=0.3.4", "pyyaml>=6.0"),
    ),
    options={"gate": "words"},
    done_to_it=(
        "called as a library, its extractor and judge with a client for this endpoint; installed without "
        "torch: vectors of words stand in for its embeddings (threshold dropped, closest pairs first), and "
        "its NLI gate, which needs weights from a model hub, lets every pair pass to the judge"
    ),
)
CONSISTENCY_CHECKER_GATED = Contender(
    name="consistency-checker-gated",
    distribution="consistency-checker",
    adapter="consistency_checker",
    environment="consistency-checker-gated",
    installs=(("consistency-checker==0.4.1",),),
    options={"gate": "shipped"},
    done_to_it=(
        "called as a library, its extractor and judge with a client for this endpoint; with its own "
        "embeddings and NLI gate (several GB of packages, and weights from a model hub, or in HF_HOME)"
    ),
)

# What runs when no name is given: with the embedded model, and without a model hub.
USUAL = (STORYCHECK, STORYCHECK_RULES, ONUS, CONTRACHECKER, CONTRACHECKER_PATTERNS, CONSISTENCY_CHECKER)
CONTENDERS = (*USUAL, ONUS_TOOLS, CONSISTENCY_CHECKER_GATED)


def chosen(names: list[str]) -> tuple[Contender, ...]:
    """Return the contenders of those names, in their own order; without names the usual ones.

    Raises ValueError for a name that is none.
    """
    known = {contender.name for contender in CONTENDERS}
    if strange := [name for name in names if name not in known]:
        raise ValueError(f"no such contender: {', '.join(strange)}; there are {', '.join(sorted(known))}")
    return tuple(c for c in CONTENDERS if c.name in names) if names else USUAL
