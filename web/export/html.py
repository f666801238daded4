"""A memo as one HTML page: no script, no address to load from, ready for print."""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib import resources

from rag.memo.languages import RIGHT_TO_LEFT, say
from web.export.notes import worded
from web.export.rich import Block, Heading, Listing, Page, Paragraph, Rich, Run, Style, Table, plain, right_to_left

_TAGS = {Style.STRONG: "strong", Style.EMPHASIS: "em", Style.CODE: "code"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render(page: Page) -> bytes:
    """The page, escaped throughout; each note leads back to the place of its first mark."""
    seen: Counter[int] = Counter()
    facts = "".join(f"<dt>{escape(k)}</dt><dd{_dir(v)}>{escape(v)}</dd>" for k, v in page.facts)
    body = "\n".join(_block(b, seen) for b in page.blocks)
    notes = "\n".join(
        f'<li id="note-{n.number}" value="{n.number}"{_dir(n.quote)}>{_rich(worded(n), Counter())} '
        f'<a class="back" href="#mark-{n.number}" aria-label="Back to note {n.number} in the text">↩</a></li>'
        for n in page.notes
    )
    turned = ' dir="rtl"' if page.language in RIGHT_TO_LEFT else ""
    heading = escape(say("Notes", page.language))
    style = resources.files("web.export").joinpath("memo.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{escape(page.language)}"{turned}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(page.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1{_dir(page.title)}>{escape(page.title)}</h1>\n<dl class=\"facts\">{facts}</dl>\n{body}\n"
        f'<section class="notes">\n<h2>{heading}</h2>\n<ol>\n{notes}\n</ol>\n</section>\n'
        "</main>\n</body>\n</html>\n"
    ).encode()


def _dir(text: str) -> str:
    """Left to right is said where the page may run the other way: words in Latin letters."""
    if right_to_left(text):
        return ' dir="rtl"'
    return ' dir="ltr"' if any(c.isalpha() for c in text) else ""


def _block(block: Block, seen: Counter[int]) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}{_dir(block.text)}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        kind = ' class="fine"' if block.fine else ""
        return f"<p{kind}{_dir(plain(block.words))}>{_rich(block.words, seen)}</p>"
    if isinstance(block, Listing):
        tag = "ol" if block.ordered else "ul"
        return f"<{tag}>\n" + "\n".join(_item(i, seen) for i in block.items) + f"\n</{tag}>"
    return _table(block, seen)


def _item(paragraphs: tuple[Rich, ...], seen: Counter[int]) -> str:
    if len(paragraphs) == 1:
        return f"<li{_dir(plain(paragraphs[0]))}>{_rich(paragraphs[0], seen)}</li>"
    return "<li>" + "".join(f"<p{_dir(plain(p))}>{_rich(p, seen)}</p>" for p in paragraphs) + "</li>"


def _table(block: Table, seen: Counter[int]) -> str:
    total = sum(block.widths)
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in block.widths)
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in block.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td{_dir(plain(cell))}>{_rich(cell, seen)}</td>" for cell in row) + "</tr>"
        for row in block.rows
    )
    return f"<table><colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _rich(words: Rich, seen: Counter[int]) -> str:
    out = []
    for item in words:
        if isinstance(item, Run):
            tag = _TAGS.get(item.style)
            out.append(f"<{tag}>{escape(item.text)}</{tag}>" if tag and item.text else escape(item.text))
            continue
        seen[item.number] += 1
        anchor = f' id="mark-{item.number}"' if seen[item.number] == 1 else ""
        out.append(f'<sup{anchor}><a href="#note-{item.number}">[{item.number}]</a></sup>')
    return "".join(out)
