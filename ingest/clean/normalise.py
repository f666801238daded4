"""Characters: blanks, soft hyphens, invisible marks and ligatures evened out; spelling untouched."""

from __future__ import annotations

import re
import unicodedata

from ingest.blocks import Block
from ingest.clean.outcome import Outcome, did
from ingest.edits import Edit, apply_edits, trimmed

_INVISIBLE = "\u00ad\u200b\u2060\ufeff\ufffe\u0000"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_BLANK = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# TeX's old fonts without a character map print the ligature ff and give the sign for a line break
_TEX_FF = "\u21b5"
_ODD = re.compile(f"[{_INVISIBLE}{''.join(_LIGATURES)}\x01-\x08\x0e-\x1f\x7f]|(?<=[a-z]){_TEX_FF}")
_FORM = re.compile(r"\s*Top of Form\s*(?:Bottom of Form)?\s*|\s*Bottom of Form\s*")


def characters(blocks: tuple[Block, ...]) -> Outcome:
    """Non-breaking and repeated blanks become one blank; soft hyphens and control marks vanish."""
    kept: list[Block] = []
    changed = 0
    for block in blocks:
        clean = _clean(block)
        changed += clean.text != block.text
        if clean.text:
            kept.append(clean)
    actions = (did("repaired", "characters", f"{changed} blocks"),) if changed else ()
    return Outcome(tuple(kept), actions)


def form_residue(blocks: tuple[Block, ...]) -> Outcome:
    """Words of a web form that were copied along (``Top of Form``) leave the text."""
    kept: list[Block] = []
    actions = []
    for block in blocks:
        hits = [
            m
            for m in _FORM.finditer(block.text)
            if m.start() == 0 or m.end() == len(block.text) or "FormBottom" in m.group()
        ]
        if not hits:
            kept.append(block)
            continue
        actions += [did("dropped", "form-residue", m.group().strip()) for m in hits]
        shorter = trimmed(apply_edits(block, [(m.start(), m.end(), " ") for m in hits]))
        if shorter.text:
            kept.append(shorter)
    return Outcome(tuple(kept), tuple(actions))


def _clean(block: Block) -> Block:
    edits: list[Edit] = []
    for m in _ODD.finditer(block.text):
        edits.append((m.start(), m.end(), _LIGATURES.get(m.group(), "ff" if m.group() == _TEX_FF else "")))
    block = apply_edits(block, edits)
    blanks = [(m.start(), m.end(), " ") for m in _BLANK.finditer(block.text) if m.group() != " "]
    return _composed(trimmed(apply_edits(block, blanks)))


def _composed(block: Block) -> Block:
    """Canonical composition (NFC), so that one letter is one character however it was typed."""
    if unicodedata.is_normalized("NFC", block.text):
        return block
    edits: list[Edit] = []
    for m in re.finditer(r"[^\x00-\x7f][\u0300-\u036f]*|[A-Za-z][\u0300-\u036f]+", block.text):
        composed = unicodedata.normalize("NFC", m.group())
        if composed != m.group():
            edits.append((m.start(), m.end(), composed))
    return apply_edits(block, edits)
