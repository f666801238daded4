"""The one Jinja environment: autoescaping on, undefined names are errors."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from web import i18n, texts
from web.auth.viewer import current
from web.i18n import readable_date

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache(maxsize=64)
def _asset(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def moment(value: str | None) -> str:
    """``2026-11-20T09:05:00+00:00`` → ``20 November 2026``; anything else as it stands."""
    return (readable_date((value or "")[:10]) or "") if value else ""


def name_and_date(label: str) -> tuple[str, str]:
    """A source label in two parts, to be set apart where scripts of two directions meet.

    >>> name_and_date("Rasanah, October 2024"), name_and_date("Rasanah")
    (('Rasanah', 'October 2024'), ('Rasanah', ''))
    """
    name, comma, date = label.rpartition(", ")
    return (name, date) if comma else (label, "")


def script_texts() -> Markup:
    """The texts of the scripts in the page's language, as JSON; nothing where they speak English as written."""
    return htmlsafe_json_dumps({} if i18n.language.get() == "en" else texts.for_scripts())


def name_and_brackets(heading: str) -> tuple[str, str]:
    """A heading in two parts, what stands in brackets at its end apart, for dates beside a name in another script.

    >>> name_and_brackets("Rasanah (October 2024)"), name_and_brackets("Rasanah")
    (('Rasanah', 'October 2024'), ('Rasanah', ''))
    """
    found = re.fullmatch(r"(.*) \(([^()]*)\)", heading)
    return (found[1], found[2]) if found else (heading, "")


def places_json(places: Iterable[Any]) -> str:
    """Places of a quote for the script that turns pages, as it gets them from the API."""
    return json.dumps([asdict(place) for place in places], separators=(",", ":"))


class OwnForms(Extension):
    """Puts the page's token into every form that changes something, so that no template can forget it."""

    _FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with a token after each ``<form method="post">``."""
        return self._FORM.sub(lambda found: found[0] + "{{ csrf_field() }}", source)


def csrf_field() -> Markup:
    """The hidden field that shows that a form is ours; nothing where nobody is logged in."""
    proof = current.get().csrf
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(proof) if proof else Markup()


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment, built on first use."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[OwnForms, "jinja2.ext.i18n"],
    )
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    counting: Any = env.globals["ngettext"]

    @pass_context
    def ngettext(context: Context, one: str, many: str, count: int, **values: Any) -> str:
        """Jinja's own, but for a number that is written as the language writes it."""
        return str(counting(context, one, many, count, **{"num": i18n.number(count), **values}))

    env.globals["ngettext"] = ngettext
    env.globals["N_"] = i18n.N_
    env.globals["script_texts"] = script_texts
    env.globals["page_place"] = i18n.place.get
    env.globals["page_language"] = i18n.language.get
    env.globals["page_direction"] = i18n.direction
    env.globals["languages"] = i18n.LANGUAGES
    env.globals["csrf_field"] = csrf_field
    env.globals["viewer"] = current.get
    env.globals["asset"] = _asset
    env.filters["translated"] = i18n.gettext  # for texts that come from Python; the names stand in web.texts
    env.filters["readable_date"] = readable_date
    env.filters["language_name"] = i18n.language_name
    env.filters["moment"] = moment
    env.filters["places_json"] = places_json
    env.filters["name_and_date"] = name_and_date
    env.filters["name_and_brackets"] = name_and_brackets
    return env


def render(template: str, /, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page."""
    return HTMLResponse(environment().get_template(template).render(**context), status_code=status_code)
