"""How hard a text is to read: Björnsson's LIX, as Danish schools and public offices use it."""

from __future__ import annotations

import re
from html import unescape

#: Below 25 children's books, 25 to 34 light reading, above 55 law. What young people read stays below this.
HARDEST = 30
#: The easy variant of a text stays below this.
EASIEST = 20
#: Words under which a text says too little about itself to be measured.
TOO_SHORT_TO_MEASURE = 8


def lix(text: str) -> float:
    """Words per sentence, plus the percentage of words longer than six letters. A line ends a sentence; placeholders
    count as a short word; 0 for a text without words."""
    plain = re.sub(r"<[^>]+>", "", unescape(re.sub(r"\{[a-z_]+\}", "ord", text)))
    plain = re.sub(r"\b(kl|ca|fx|evt|nr|tlf|bl\.a|f\.eks)\.", r"\1", plain)
    words = re.findall(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+(?:[.:]\d+)?", plain)
    pieces = [piece for piece in re.split(r"[.!?:]+(?=\s|$)|\n+", plain) if re.search(r"\w", piece)]
    if not words:
        return 0.0
    return len(words) / max(1, len(pieces)) + 100 * sum(len(word) > 6 for word in words) / len(words)


def measurable(text: str) -> bool:
    """Whether the text has enough words for its LIX to mean something."""
    return len(re.findall(r"\w+", text)) >= TOO_SHORT_TO_MEASURE
