"""Texts that reach the pages from elsewhere, marked for the catalogues here."""

from __future__ import annotations

from typing import Any

from web import present
from web.i18n import N_, NN_, by_category, gettext

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
METRICS = (
    N_("Share of the evidence quotes that stand in the first 6,000 characters of ranked passages."),
    N_("The same for the first 12,000 characters."),
    N_("How early the first passage with evidence comes among the first ten."),
    N_("How well the first ten passages are ordered with respect to all evidence."),
    N_("Share of the needed facts that the answer states."),
    N_("Share of cases whose answer states something it must not."),
    N_("Share of statements that their citations, taken together, support."),
    N_("Share of citations that support their statement."),
    N_("Share of quotes that equal the stored text, to the character."),
    N_("Share of the required documents that the answer cites."),
    N_("Of the refusals, how many were due. Refusal as a decision on each question; positive = refused."),
    N_(
        "Of the unanswerable questions, how many were refused. Refusal as a decision on each "
        "question; positive = refused."
    ),
    N_("Harmonic mean of the two. Refusal as a decision on each question; positive = refused."),
    N_("Statements of an answer that carry no citation."),
    N_("Share of answers with at least one statement that its citations do not support."),
    N_("Length of an answer in words."),
    N_("Time from question to whole answer."),
    N_("The slow end of it."),
    N_("Share of the points a memo must make whose evidence it quotes."),
    N_("Share of the documents a memo must cite that it cites."),
    N_("Share of the trap claims that the memo asserts."),
)
"""What the metrics mean, as :mod:`eval.metrics` says it, which knows nothing of pages."""
STAGES = (N_("parse"), N_("retrieve"), N_("rank"), N_("write"), N_("cite"), N_("refuse"))
"""Where a question can go wrong, by the names that the command line uses as well."""
CORE = (
    N_("The reports hold nothing on this question."),
    N_("The reports hold nothing close enough to this question."),
    N_("No passage of the reports holds enough of what is asked."),
    N_("The reports speak of this, but give no figure for it."),
    N_(
        "No multilingual embedding model is configured, so the Arabic question was matched through names, "
        "numbers and a word list only. Set BRIEFING_EMBEDDING_MODEL to a multilingual "
        "sentence-transformers model and ingest again for full search."
    ),
    N_(
        "No multilingual embedding model is configured, so the French question was matched through names, "
        "numbers and a word list only. Set BRIEFING_EMBEDDING_MODEL to a multilingual "
        "sentence-transformers model and ingest again for full search."
    ),
)
"""Reasons of refusals and notices of the core that hold no words of a report; others are shown as they come."""
SCRIPTS = (
    *CORE,
    *present.AXES.values(),
    *STEPS,
    present.PAGE,
    N_("%(number)s s"),
    N_("%(number)s ms"),
    N_("The server answered with status %(status)s."),
    # answers
    N_(", "),
    N_("It is right"),
    N_("It is wrong"),
    N_("The evidence does not show it"),
    N_("It should have refused"),
    N_("Citation %(number)s, %(source)s"),
    N_("citation %(number)s"),
    N_("Doubtful"),
    N_("Read in the report"),
    N_("Evidence"),
    N_("The reports do not support an answer"),
    N_("What is missing"),
    N_("The nearest the reports come"),
    N_("Where the reports differ"),
    N_("Quoted from the reports, no language model"),
    N_("Written by %(writer)s, each sentence checked"),
    N_("%(quotes)s from %(reports)s"),
    N_("Feedback"),
    N_("What do you make of this answer?"),
    N_("Note"),
    N_("(optional)"),
    N_("Send"),
    N_("Passages considered"),
    N_("Understood as:"),
    N_("Copy with citations"),
    N_("Ask again"),
    N_("Link to this answer"),
    N_("Make a memo of this"),
    # asking
    N_("Searching the reports"),
    N_("Try again"),
    N_("The connection ended before the answer was complete."),
    N_("Stopped. What was verified so far is shown; it is not kept."),
    N_("The server could not be reached. Check that it is running."),
    N_("Checking %(passages)s from %(reports)s"),
    N_("Answer complete: %(quotes)s."),
    N_("Ask a follow-up"),
    N_("You could go on with"),
    N_("Copied"),
    N_("Copying is not allowed here"),
    N_("The server could not be reached; nothing was sent."),
    N_("Thank you. Your verdict is kept with this answer."),
    N_("remove this filter"),
    # memos
    N_("This statement will be taken out."),
    N_("Verifying"),
    N_("Verified"),
    N_("The server could not be reached; the statement will be verified when you save."),
    N_("%(heading)s is now section %(number)s of %(total)s."),
    N_("%(heading)s was removed."),
    N_("The server could not be reached; trying again."),
    # library and reader
    N_("uploading"),
    N_("waiting to be read"),
    N_("being read"),
    N_("read, storing"),
    N_("added"),
    N_("updated"),
    N_("already in the library"),
    N_("Larger than this installation accepts (%(limit)s MB)."),
    N_("The upload did not reach the server."),
    N_("The server could not be reached; look at the library later."),
    N_("Upload of %(name)s"),
    N_("%(good)s taken in, %(bad)s failed."),
    N_("Not found"),
    N_("%(number)s of %(total)s"),
    N_("Page %(number)s of the original"),
)
"""What the scripts say; ``t()`` in static/dom.js finds the translation on the page."""
COUNTS = (
    NN_("%(num)s quote", "%(num)s quotes"),
    NN_("%(num)s report", "%(num)s reports"),
    NN_("%(num)s passage", "%(num)s passages"),
    NN_("%(num)s sentence left out for want of evidence", "%(num)s sentences left out for want of evidence"),
)
"""What the scripts count, with ``tn()``."""


def for_scripts() -> dict[str, Any]:
    """English → the page's language; for what is counted, the forms by category of the count."""
    counted = {one: by_category(one, many) for one, many in COUNTS}
    return {**{text: gettext(text) for text in SCRIPTS}, **counted}
