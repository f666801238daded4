"""Prompts: strict, sandboxed Jinja2 templates with a content hash.

A prompt is one ``*.j2`` file in the ``prompts`` package; a file of the same name in the folder that
``BRIEFING_PROMPTS_DIR`` names replaces it.  A file may hold two blocks, ``system`` and ``user``; a
file without blocks is one ``user`` message.  An undefined variable is an error, never an empty string.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rag.errors import SettingsError

ROLES = ("system", "user")

ANSWER = "answer"
REPAIR = "repair"
REVISE = "revise"
REWRITE_QUESTION = "rewrite_question"

SUPPLIED: dict[str, frozenset[str]] = {
    ANSWER: frozenset({"question", "passages", "boundary", "answer_words"}),
    REPAIR: frozenset({"error"}),
    REVISE: frozenset({"problems"}),
    REWRITE_QUESTION: frozenset({"question", "history"}),
}
"""What our call sites hand to each prompt; a template may use these variables and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One rendered message; ``role`` is ``system`` or ``user``."""

    role: str
    text: str


class Prompt:
    """A loaded template.

    Attributes:
        name: file name without ``.j2``, with its folder (``answer``, ``memo/policy``).
        variables: every variable that it or a template it includes needs.
        hash: first 12 hex digits of the SHA-256 of its source and of what it includes.
    """

    def __init__(self, name: str, template: jinja2.Template, variables: frozenset[str], digest: str):
        self.name = name
        self.variables = variables
        self.hash = digest
        self._template = template

    def render(self, **values: Any) -> str:
        """The whole template as text.  Raises SettingsError naming file and variable."""
        return self._text([self._template.render], values)

    def messages(self, **values: Any) -> tuple[Message, ...]:
        """The blocks as messages in the order system, user.  Raises SettingsError."""
        blocks = {role: self._template.blocks[role] for role in ROLES if role in self._template.blocks}
        if not blocks:
            return (Message(role="user", text=self.render(**values)),)
        context = self._template.new_context
        return tuple(
            Message(role=role, text=self._text([lambda b=block, **v: "".join(b(context(v)))], values))
            for role, block in blocks.items()
        )

    def _text(self, renderers: list[Any], values: dict[str, Any]) -> str:
        try:
            return "".join(render(**values) for render in renderers).strip()
        except jinja2.UndefinedError as error:
            raise SettingsError(
                f"Prompt {self.name}.j2: {error.message}. It may use: "
                f"{', '.join(sorted(values)) or 'no variable'}."
            ) from error
        except (jinja2.TemplateError, TypeError, ValueError) as error:
            raise SettingsError(f"Prompt {self.name}.j2 cannot be rendered: {error}.") from error


class Prompts:
    """Finds, checks and keeps prompts; safe to share between threads.

    Args:
        override: folder whose files replace the shipped ones by name (``settings.prompts_dir``).

    Raises:
        SettingsError: the folder does not exist.
    """

    def __init__(self, override: Path | None = None) -> None:
        if override is not None and not override.is_dir():
            raise SettingsError(
                f"BRIEFING_PROMPTS_DIR is {str(override)!r}: there is no such folder. "
                "Create it, or unset the setting to use the shipped prompts."
            )
        self._override = override
        self._loaded: dict[str, Prompt] = {}

    def names(self) -> list[str]:
        """Names of all prompts, shipped or added, without partials (``_name.j2``), in order."""
        found = {name for root in self._roots() for name in _walk(root)}
        return sorted(n for n in found if not n.rpartition("/")[2].startswith("_"))

    def get(self, name: str) -> Prompt:
        """The prompt of that name.

        Raises:
            SettingsError: no such file, a syntax error (file and line), or a variable that
                :data:`SUPPLIED` does not list.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def source(self, name: str) -> str:
        """The file of that name as it stands, comments included.  Raises SettingsError."""
        source = self._find(f"{name}.j2")
        if source is None:
            raise SettingsError(
                f"There is no prompt file {name}.j2. Prompts: {', '.join(self.names())}."
            )
        return source

    def own(self, name: str) -> bool:
        """True for a prompt that the user's folder holds."""
        return self._override is not None and self._override.joinpath(*f"{name}.j2".split("/")).is_file()

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        return ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._find),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # plain text for a model, never HTML
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _roots(self) -> Iterator[Any]:
        if self._override is not None:
            yield self._override
        yield resources.files("prompts")

    def _find(self, file: str) -> str | None:
        if ".." in file.split("/") or file.startswith("/"):
            return None
        for root in self._roots():
            path = root.joinpath(*file.split("/"))
            if path.is_file():
                text: str = path.read_text(encoding="utf-8")
                return text
        return None

    def _load(self, name: str) -> Prompt:
        file = f"{name}.j2"
        try:
            sources = self._closure(file)
            template = self._environment.get_template(file)
        except jinja2.TemplateNotFound as error:
            raise SettingsError(
                f"Prompt {file}: there is no prompt file {error.name!r}. "
                f"Prompts: {', '.join(self.names())}."
            ) from error
        except jinja2.TemplateSyntaxError as error:
            raise SettingsError(
                f"Prompt {error.name or file}, line {error.lineno}: {error.message}."
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"Prompt {file} cannot be read: {error}.") from error
        parsed = [self._environment.parse(source) for source in sources.values()]
        variables = frozenset().union(*(meta.find_undeclared_variables(tree) for tree in parsed))
        self._check(file, variables, SUPPLIED.get(name))
        return Prompt(name, template, variables, _digest(sources))

    def _closure(self, file: str) -> dict[str, str]:
        """Sources of a file and of all it includes, by file name."""
        sources: dict[str, str] = {}
        waiting = [file]
        while waiting:
            current = waiting.pop()
            if current in sources:
                continue
            source = self._find(current)
            if source is None:
                raise jinja2.TemplateNotFound(current)
            sources[current] = source
            tree = self._environment.parse(source, name=current)
            waiting += [name for name in meta.find_referenced_templates(tree) if name]
        return sources

    def _check(self, file: str, variables: frozenset[str], supplied: frozenset[str] | None) -> None:
        unknown = sorted(variables - supplied) if supplied is not None else []
        if unknown and supplied is not None:
            raise SettingsError(
                f"Prompt {file} uses {unknown[0]!r}, which nothing supplies. It may use: "
                f"{', '.join(sorted(supplied))}."
            )


def _digest(sources: dict[str, str]) -> str:
    whole = hashlib.sha256()
    for name in sorted(sources):
        whole.update(f"{name}\0{sources[name]}\0".encode())
    return whole.hexdigest()[:12]


def _walk(root: Any, prefix: str = "") -> Iterator[str]:
    for entry in root.iterdir():
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".j2"):
            yield prefix + entry.name.removesuffix(".j2")
