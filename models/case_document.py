"""A hand-over to the case file as one PDF: everything on paper, every file inside it, the same bytes every time."""

from __future__ import annotations

from hashlib import sha256

from models.domain.casefile import Content


def render(content: Content) -> bytes:
    """The document. Slow (seconds where there are many pictures): for a thread."""
    # What draws is half a second of imports, in every process that starts, and one click in weeks needs it.
    from models.case_document_pages import draw

    return draw(content)


def fingerprint(document: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(document).hexdigest()
