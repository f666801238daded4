"""The interface in several languages: gettext catalogues, the reader's choice, dates.

Texts are written in English where they stand, in templates as ``{{ _("Ask") }}``, in Python through
:func:`gettext`; ``pybabel`` collects them, and ``locale/<code>/*.po`` hold the translations, which are
compiled in memory.  What the reports and the answers say is never translated here.
"""

from __future__ import annotations

import datetime as dt
import gettext as gnu
import io
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}
"""Code → the language's own name, in the order they are offered."""
RIGHT_TO_LEFT = frozenset({"ar"})
COOKIE = "briefing_language"

language: ContextVar[str] = ContextVar("language", default="en")
"""The language of the page being made."""
place: ContextVar[str] = ContextVar("place", default="/")
"""The page's own address, to come back to when another language was chosen."""


class Languages:
    """ASGI: sets :data:`language` for each request, by cookie, else by what the browser prefers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        chosen = negotiated(connection.cookies.get(COOKIE), connection.headers.get("accept-language", ""))
        token, here = language.set(chosen), place.set(_place(connection))
        try:
            await self._app(scope, receive, send)
        finally:
            place.reset(here)
            language.reset(token)


def _place(connection: HTTPConnection) -> str:
    """The address of a page that can be asked for again: what a form led to cannot, so that is where it stood."""
    url = connection.url
    if connection.scope["method"] not in ("GET", "HEAD"):
        came = urlsplit(connection.headers.get("referer", ""))
        url = url.replace(path=came.path if came.netloc == url.netloc else "/", query=came.query)
    return url.path + (f"?{url.query}" if url.query else "")


def negotiated(cookie: str | None, accepted: str) -> str:
    """The code of the language to show.

    >>> negotiated(None, "ar-IQ,ar;q=0.9,en;q=0.5"), negotiated("fr", "ar"), negotiated("xx", "")
    ('ar', 'fr', 'en')
    """
    if cookie in LANGUAGES:
        return cookie
    wanted = sorted(_preferences(accepted), key=lambda pair: -pair[1])
    return negotiate_locale([code for code, _ in wanted], LANGUAGES, sep="-") or "en"


def _preferences(accepted: str) -> list[tuple[str, float]]:
    """``ar-IQ,en;q=0.5`` → ``[("ar-IQ", 1.0), ("en", 0.5)]``; what is malformed is passed over."""
    found: list[tuple[str, float]] = []
    for part in accepted[:1000].split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        if code and value > 0:
            found.append((code.strip(), value))
    return found


@lru_cache(maxsize=len(LANGUAGES))
def translations(code: str) -> gnu.NullTranslations:
    """All catalogues of a language as one; English is what stands in the sources."""
    files = sorted((FOLDER / code).glob("*.po"))
    whole: gnu.NullTranslations = gnu.NullTranslations()
    for file in files:
        with file.open("rb") as source:
            catalogue = read_po(source, locale=code)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        part = gnu.GNUTranslations(compiled)
        part.add_fallback(whole)
        whole = part
    return whole


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated where it is shown
    """The message itself; marks it for the catalogues."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - the same for a message that counts
    """Both forms of a message that counts; marks them for the catalogues."""
    return one, many


def gettext(message: str) -> str:
    """The message in the language of the page; no words stay no words (gettext keeps its header there)."""
    return translations(language.get()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a message that fits a count, in the language of the page."""
    return translations(language.get()).ngettext(one, many, count)


def number(value: int) -> str:
    """A whole number with the page's separators.

    >>> number(1234)
    '1,234'
    """
    return str(format_decimal(value, locale=language.get()))


def by_category(one: str, many: str) -> dict[str, str]:
    """The forms of a message that counts, by the category of the count (Unicode CLDR: ``one``, ``few`` ...).

    Scripts choose among them with ``Intl.PluralRules``, which knows the same categories.
    """
    category = Locale(language.get()).plural_form
    return {category(count): ngettext(one, many, count) for count in range(200, -1, -1)}


def direction() -> str:
    """``rtl`` or ``ltr``: which way the page reads."""
    return "rtl" if language.get() in RIGHT_TO_LEFT else "ltr"


def language_name(code: str) -> str:
    """What the page's language calls another, the code itself where it has no name: ``fr`` → ``French``.

    >>> language_name("ar"), language_name("pt-BR"), language_name("klingon")
    ('Arabic', 'Portuguese (Brazil)', 'klingon')
    """
    try:
        return Locale.parse(code, sep="-").get_display_name(language.get()) or code
    except (UnknownLocaleError, ValueError):
        return code


def readable_date(published: str | None) -> str | None:
    """A date of any precision, in words of the page's language: ``2024-10`` → ``octobre 2024``.

    >>> readable_date("2024-10-05"), readable_date("2024-10"), readable_date("2024"), readable_date(None)
    ('5 October 2024', 'October 2024', '2024', None)
    """
    if not published:
        return None
    parts = published.split("-")
    if not all(part.isdigit() for part in parts):
        return published
    try:
        day = dt.date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return parts[0]
    form = ("y", "LLLL y", "d MMMM y")[min(len(parts), 3) - 1]
    return format_date(day, form, locale=Locale(language.get()))
