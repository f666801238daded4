"""What the browser tests share: a page that may not misbehave, and a reader's usual moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
CRANES = "How many working cranes were counted in March?"
IN_VIEW = """e => {
  const b = e.getBoundingClientRect();
  return b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth;
}"""


@contextmanager
def page_on(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page that must end without a console error and without a request to anywhere else."""
    context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 800}, **options})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on(
        "request",
        lambda r: wrong.append(r.url) if urlsplit(r.url).netloc != urlsplit(address).netloc else None,
    )
    yield page
    context.close()
    assert wrong == []


def ask(page: Page, question: str = CRANES) -> None:
    """Types a question where the focus is, and waits for the whole answer."""
    page.wait_for_load_state()  # until its scripts are there, Enter makes a new line
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    page.locator(".provenance").last.wait_for()


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width
