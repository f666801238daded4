"""XML from strangers: no entities, no network, no document type."""

from __future__ import annotations

import re
from typing import Any

from rag.errors import SourceUnreadable

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def refuse_entities(data: bytes) -> None:
    """Raises SourceUnreadable when an XML part declares a document type or entities."""
    plain = data.replace(b"\0", b"")  # UTF-16 hides the letters behind zero bytes
    if _DOCTYPE.search(plain):
        raise SourceUnreadable(
            "declares XML entities, which documents do not need and attacks do: save it again in Word."
        )


def parse_xml(data: bytes) -> Any:
    """The root element (lxml).  Raises SourceUnreadable on damaged XML."""
    from lxml import etree

    refuse_entities(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceUnreadable(f"is damaged (XML: {str(error)[:120]}): save it again.") from error
