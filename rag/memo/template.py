"""Memo templates: what a template declares about itself, and the Markdown it lays out.

A template is a prompt file ``memo/NAME.j2`` (the user's folder first).  It begins with a Jinja
comment that holds YAML between ``---`` lines: the front block.  The rest renders the memo as Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import UsageError
from rag.prompts import Prompt, Prompts
from rag.types import SectionRole

FOLDER = "memo/"
DEFAULT = "two-page"
_FRONT = re.compile(r"\A\s*\{#-?\s*---\s*\n(?P<yaml>.*?)\n\s*---\s*-?#\}", re.DOTALL)


class Front(BaseModel):
    """What a template declares: length in words, sections by role, annexes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str = ""
    words: int = Field(ge=100, le=10_000)
    headings: dict[SectionRole, str]
    body_sections: int = Field(default=5, ge=1, le=20)
    bottom_line_words: int = Field(default=60, ge=20)
    key_judgements: int = Field(default=0, ge=0, le=10)
    body_as_questions: bool = False
    longest_statement: int = Field(default=60, ge=15)
    disagreements: int = Field(default=5, ge=0)
    ledger_rows: int = Field(default=0, ge=0)
    timeline_rows: int = Field(default=0, ge=0)
    source_notes: bool = True
    audit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A loaded template."""

    name: str
    front: Front
    prompt: Prompt

    def heading(self, role: SectionRole) -> str:
        """The heading of a fixed section."""
        return self.front.headings.get(role, str(role).replace("_", " ").capitalize())

    def has(self, role: SectionRole) -> bool:
        """True when the template wants that section."""
        return role in self.front.headings


def names(prompts: Prompts) -> list[str]:
    """The templates there are: shipped ones and the user's."""
    return sorted(n.removeprefix(FOLDER) for n in prompts.names() if _is_template(n))


def load(prompts: Prompts, name: str) -> Template:
    """The template of that name.

    Raises:
        UsageError: there is none (the message lists those there are), or its front block is wrong.
        SettingsError: the template's Jinja is wrong.
    """
    if name not in names(prompts):
        raise UsageError(f"There is no memo template {name!r}. Templates: {', '.join(names(prompts))}.")
    source = prompts.source(FOLDER + name)
    return Template(name=name, front=_front(name, source), prompt=prompts.get(FOLDER + name))


def _is_template(name: str) -> bool:
    return name.startswith(FOLDER) and not name.removeprefix(FOLDER).startswith("_")


def _front(name: str, source: str) -> Front:
    match = _FRONT.match(source)
    if not match:
        raise UsageError(
            f"The memo template {name!r} has no front block: it must begin with {{#--- … ---#}} around "
            "YAML that gives title, words and headings."
        )
    try:
        data: Any = yaml.safe_load(match["yaml"])
        return Front.model_validate(data)
    except yaml.YAMLError as error:
        raise UsageError(f"The front block of the memo template {name!r} is not YAML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(p) for p in first["loc"]) or "front block"
        raise UsageError(f"The memo template {name!r}, {field}: {first['msg']}.") from error
