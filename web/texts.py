"""Texts that reach the pages from elsewhere, marked for the catalogues here."""

from __future__ import annotations

from web.i18n import N_

ROLES = (N_("reader"), N_("editor"), N_("admin"))
"""The roles of accounts."""
TEMPLATES = (
    N_("One-page briefing memo"),
    N_("Bottom line, three key judgements, the themes in short, gaps."),
    N_("Two-page briefing memo"),
    N_("Bottom line, key judgements with basis and confidence, themes, figures, timeline, gaps."),
    N_("Talking points"),
    N_("Short quotable points by theme; figures; what to avoid claiming."),
    N_("Questions and answers"),
    N_("The questions a principal will be asked, each answered from the reports or said to be open."),
)
"""Titles and descriptions of the shipped memo templates."""
STEPS = (
    N_("Waiting for the memo before it"),
    N_("Beginning"),
    N_("Reading the task"),
    N_("Choosing and verifying statements"),
    N_("Figures, dates and disagreements"),
    N_("Done"),
)
"""Steps of a memo that name no section."""
