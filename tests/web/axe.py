"""The accessibility checker axe-core on a page of a browser test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def faults(page: Page, name: str) -> list[str]:
    """What axe calls serious or critical on the page as it is now: where, which rule, the elements.

    The page's context must be made with ``bypass_csp``: the checker's script is not one of ours.
    """
    from axe_playwright_python.sync_playwright import Axe

    # What is scrolled out of sight or still fading in has no colours that could be measured.
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{name}: {v['id']} ({v['impact']}) at {'; '.join(str(n['target']) for n in v['nodes'][:4])}"
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]
