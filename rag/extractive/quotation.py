"""Words in quotation marks that run over several sentences: a statement holds them whole or not at all."""

from __future__ import annotations

from dataclasses import replace

from rag.extractive.candidates import Candidate

MOST_WORDS = 70
"""A quotation that would make the statement longer than this stays cut, as the sentence is printed."""
_PAIRS = (("“", "”"), ("«", "»"))
_STRAIGHT = '"'


def whole(candidate: Candidate) -> Candidate:
    """The sentence with those after or before it in its passage that its quotation marks reach into.

    >>> open_ends('He said, "We stay. ', "")
    (0, 1)
    """
    if candidate.cut:
        return candidate
    passage = candidate.hit.passage
    spans = [(s.start, s.end) for s in passage.sentences]
    at = next((i for i, s in enumerate(spans) if s[0] <= candidate.sentence.start < s[1]), None)
    if at is None:
        return candidate
    first = last = at
    while True:
        start, end = spans[first][0], spans[last][1]
        text = passage.text[start - passage.start : end - passage.start]
        paragraph = passage.text[: start - passage.start].rpartition("\n")[2]
        back, on = open_ends(text, paragraph)
        if not back and not on:
            break
        first, last = first - back, last + on
        if first < 0 or last >= len(spans) or "\n" in text:
            return candidate
    words = len(text.split())
    if (first, last) == (at, at) or words > MOST_WORDS:
        return candidate
    return replace(
        candidate,
        text=text,
        sentence=replace(candidate.sentence, start=start, end=end),
        word_count=words,
    )


def open_ends(text: str, before: str) -> tuple[int, int]:
    """Whether a quotation reaches into the text from before it, and whether it goes on after it: ``(back, on)``.

    Straight marks open and close alike; those ``before`` the text in its paragraph tell which.
    """
    back = on = False
    for opening, closing in _PAIRS:
        depth = lowest = 0
        for mark in text:
            depth += (mark == opening) - (mark == closing)
            lowest = min(lowest, depth)
        back, on = back or lowest < 0, on or depth - lowest > 0
    if text.count(_STRAIGHT) % 2:
        inside = before.count(_STRAIGHT) % 2
        back, on = back or bool(inside), on or not inside
    return int(back), int(on)
