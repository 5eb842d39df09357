"""Loads the versioned prompt files, fills them, and hashes what reaches the model."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from pydantic import BaseModel

from pipeline.errors import InputError
from schemas.report import PromptUsed

FOLDER = Path(__file__).parent.parent / "prompts"
_DIVIDER = re.compile(r"^--- (user|assistant) ---$", re.MULTILINE)

# What chat templates write between turns. A server that reads them as such, wherever they stand, would let an
# article open a turn of its own.
_CONTROL = re.compile(
    r"<\|[^<>|\n]{0,40}\|>|<｜[^<>｜\n]{0,40}｜>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|<(?:bos|eos|unk|pad)>",
    re.IGNORECASE,
)

Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Prompt:
    """One version of one stage's prompt: static turns, and a template for the user's last one.

    The static part comes first, so that a provider's prefix cache holds it from call to call.
    """

    stage: str
    version: str
    turns: tuple[tuple[str, str], ...]  # (role, text); the last one is the template

    def fill(self, values: Mapping[str, str]) -> Messages:
        """Return the chat with ``values`` put in for the ``$names``; what is put in is never expanded.

        Marks by which chat templates part turns are broken up by a blank, so that they are text and no more.
        """
        *static, (role, template) = self.turns
        plain = {name: as_text(value) for name, value in values.items()}
        last = (role, Template(template).substitute(plain))
        return [{"role": role, "content": text} for role, text in (*static, last)]

    def used(self, *answers: type[BaseModel]) -> PromptUsed:
        """Return the version and the SHA-256 over the text and the JSON Schemas of its answers."""
        schemas = [json.dumps(answer.model_json_schema(), sort_keys=True) for answer in answers]
        text = "\0".join([*(part for turn in self.turns for part in turn), *schemas])
        return PromptUsed(version=self.version, sha256=hashlib.sha256(text.encode()).hexdigest())


def load_prompt(stage: str, version: str) -> Prompt:
    """Read ``prompts/<stage>/<version>.md``. Raises InputError when there is none such."""
    known = {path.stem: path for path in (FOLDER / stage).glob("v*.md")}
    if version not in known:
        raise InputError(f"There is no {stage} prompt {version!r}: choose from {', '.join(sorted(known))}.")
    system, *rest = _DIVIDER.split(known[version].read_text(encoding="utf-8"))
    turns = [("system", system), *zip(rest[::2], rest[1::2], strict=True)]
    if turns[-1][0] != "user":
        raise InputError(f"The prompt {stage}/{version} does not end with a user's turn.")
    return Prompt(stage, version, tuple((role, text.strip()) for role, text in turns))


def as_text(value: str) -> str:
    """Return ``value`` with every mark by which a chat template parts turns broken up by a blank."""
    return _CONTROL.sub(lambda mark: f"{mark[0][0]} {mark[0][1:]}", value)
