"""What a message is, before anybody has read it: a command, a thank-you, something that cannot wait, or words for a
human.

The words below are what people type, not what Hørt says; Danish and English are both always understood.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

TELEGRAM_LIMIT: Final = 4096
"""Code points in one Telegram message (`reliability.md` §3.1)."""

_WORDS: Final = frozenset({"text", "sticker", "forwarded", "via_bot"})
_STOP: Final = frozenset({"stop"})
_START: Final = frozenset({"start"})
_HELP: Final = frozenset({"hjælp", "hjaelp", "help", "hjælp nu", "hjaelp nu", "help now", "help me"})

_THANKS_TEXT: Final = """
    tak takker mange tusind 1000 tusinde for hjælpen hjaelpen svaret beskeden det du i er helt selv på forhånd skal have
    så meget rigtig igen lyder forstået forstaaet at dig jer kh mvh hilsen thank you sounds it much so very many a lot
    again for your the help answer reply
"""
_THANKS_CORE_TEXT: Final = """
    tak takker ok okay okey oki okidoki fint super fedt dejligt godt perfekt top cool nice modtaget forstået forstaaet
    thanks thank thx ty cheers great good perfect fine got
"""
_THANKS_CORE: Final = frozenset(_THANKS_CORE_TEXT.split())
_THANKS: Final = frozenset(_THANKS_TEXT.split()) | _THANKS_CORE
_GLAD: Final = frozenset("👍👌🙏❤🧡💛💚💙💜🤍🖤💕😊🙂😀😃😄😁☺🤗🥰😍🎉🙌👏✌🤝✅💪😎🤩")
_NO_ANSWER: Final = re.compile(
    r"\b(?:du|i) (?:behøver|behoever|skal|behøves) (?:ikke|ikk|ik|slet ikke) (?:at )?(?:svare|skrive tilbage)"
    r"|\b(?:intet|ikke noget|ingen) svar nødvendigt|\bkræver (?:ikke|intet) svar"
    r"|\bno need to (?:answer|reply|respond|write back)|\bno (?:answer|reply) needed"
    r"|\b(?:you )?(?:don't|dont|do not|needn't|neednt|need not) (?:need to |have to )?"
    r"(?:answer|reply|respond|write back)\b"
)
_URGENT: Final = re.compile(
    r"\b(?:det|den|dette|de|sagen|det her|den her) kan (?:\w+ )?(?:ikke|ikk|ik) vente"
    r"|\bhaster(?! (?:\w+ )?(?:ikke|ikk|ik)\b)|\bhastesag|\bakut\b"
    r"|\bhurtigst muligt|\bså hurtigt som muligt|\bmed det samme"
    r"|\burgent\b|\bemergency\b|\basap\b|\bas soon as possible"
    r"|\b(?:it|this|that) (?:really )?(?:can't|cant|cannot|can not) wait"
    r"|^(?:can't|cant|cannot|kan ikke|kan ik|kan ikk) (?:wait|vente)\W*$"
)
_NOT_URGENT: Final = re.compile(
    r"\b(?:ikke|ikk|ik|intet|ingen) (?:\w+ )?(?:akut|haster|hastesag|haste)\b|\bhaster (?:\w+ )?(?:ikke|ikk|ik)\b"
    r"|\b(?:not|isn't|isnt|nothing|no) (?:\w+ )?(?:urgent|emergency)\b"
    r"|\b(?:can't|cant|cannot) wait (?:to|for|until|till)\b"
    r"|\bkan (?:ikke|ikk|ik) vente (?:med at|på at|til (?:at|jeg|vi|det bliver|sommer|jul|weekend\w*))"
)

_MARKS_TEXT: Final = """
    061c ALM 200e LRM 200f RLM 202a LRE 202b RLE 202c PDF 202d LRO 202e RLO 2066 LRI 2067 RLI 2068 FSI 2069 PDI
    00ad SHY 034f CGJ 115f HF 1160 HF 17b4 KIV 17b5 KIV 180e MVS 200b ZWSP 200c ZWNJ 200d ZWJ 2028 LS 2029 PS
    2060 WJ 2061 FA 2062 IT 2063 IS 2064 IP 206a ISS 206b ASS 206c IAFS 206d AAFS 206e NADS 206f NODS 3164 HF
    feff BOM ffa0 HF fff9 IAA fffa IAS fffb IAT
"""
_MARKS: Final = {
    chr(int(code, 16)): name for code, name in zip(_MARKS_TEXT.split()[::2], _MARKS_TEXT.split()[1::2], strict=True)
}
"""Direction controls and characters without width, by Unicode's short names."""
_BLANK: Final = frozenset("\u2800\u3164\u115f\u1160\uffa0\u034f")
_ZWJ: Final = "\u200d"
_REPLACEMENT: Final = "\ufffd"
_SENTENCE_END: Final = re.compile(r"[.!?…]['\"”»)\]]*\s+(?=[^\s\d])")


def is_stop(text: str) -> bool:
    """True for a message that is only "stop" (or /stop). The crisis check comes first; see `crisis.check`."""
    return _command(text) in _STOP


def is_start(text: str) -> bool:
    """True for a message that is only "start" (or /start without an invitation)."""
    return _command(text) in _START


def is_help(text: str) -> bool:
    """True for a message that only asks for Help now, in either language, with or without the slash."""
    return _command(text) in _HELP


def asks_nothing(text: str) -> bool:
    """True for thanks, an okay, a glad emoji, or words that say no answer is needed: such a message starts no clock.

    When in doubt False: "ja tak" and "nej tak" are answers, a sad emoji is something to ask about, a question is a
    question.
    """
    plain = _plain(text)
    if not plain or "?" in plain or is_urgent(text):
        return False
    if _NO_ANSWER.search(plain):
        return True
    glad = [c for c in plain if c in _GLAD]
    rest = "".join(c for c in plain if c not in _GLAD and not _is_emoji_part(c))
    if any(unicodedata.category(c) in {"So", "Cn"} for c in rest):
        return False
    words = re.findall(r"[\w']+", rest)
    if not words:
        return bool(glad)
    return all(word in _THANKS for word in words) and any(word in _THANKS_CORE for word in words)


def needs_answer(kind: str, text: str) -> bool:
    """Whether a message starts the clock: words and stickers may be mere thanks; all else is something to look at."""
    return kind not in _WORDS or not asks_nothing(text)


def is_urgent(text: str) -> bool:
    """True if the person says that it cannot wait. "It's not urgent" and "I can't wait to see you" are not."""
    plain = _plain(text)
    return bool(_URGENT.search(_NOT_URGENT.sub(" ", plain)))


def split(text: str, limit: int = TELEGRAM_LIMIT) -> list[str]:
    """Cut a text into messages of at most ``limit`` code points, in order; joined they are the text again.

    Cuts after a paragraph, else a line, a sentence, a word, and otherwise between two graphemes (what a reader sees
    as one character; one longer than ``limit`` is cut all the same). A part nobody could see is left out, because
    Telegram refuses it: a text of only white space gives no parts. Raises ValueError if ``limit`` is less than 1.
    """
    if limit < 1:
        raise ValueError("a message holds at least one code point")
    parts: list[str] = []
    start = 0
    while len(text) - start > limit:
        cut = _cut(text, start, limit)
        parts.append(text[start:cut])
        start = cut
    parts.append(text[start:])
    return [part for part in parts if not is_blank(part)]


def is_blank(text: str) -> bool:
    """True if a reader would see nothing at all: white space, controls, zero-width characters."""
    return all(c.isspace() or c in _BLANK or unicodedata.category(c) in {"Cc", "Cf", "Zs", "Zl", "Zp"} for c in text)


def visible(text: str) -> str:
    """A text as the staff desk shows it: nothing in it can hide, reorder the page or break it.

    Direction controls and zero-width characters become marks like ⟦RLO⟧, except where they belong: joiners inside an
    emoji or between letters of joining scripts. Line ends become "\\n". Other control characters, NUL and lone
    surrogates become U+FFFD. Doing it twice changes nothing.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_shown(text, index) for index in range(len(text)))


def first_line(text: str, limit: int = 80) -> str:
    """The first line with something to see, as `visible` shows it, at most ``limit`` code points, "…" where it was cut.

    Cut at a word where one ends in the last third, never inside a grapheme. Empty if there is nothing to see.
    """
    if limit < 1:
        raise ValueError("a line holds at least one code point")
    lines = (line for line in visible(text).split("\n") if not is_blank(line))
    line = " ".join(next(lines, "").split())
    if len(line) <= limit:
        return line
    cut = limit - 1
    space = line.rfind(" ", 0, cut + 1)
    if space > cut * 2 // 3:
        cut = space
    while cut > 0 and not _is_boundary(line, cut):
        cut -= 1
    return line[:cut].rstrip() + "…"


def compatible(text: str) -> str:
    """A text in NFKC, at most a few times as long: a character that stands for more than four becomes a space.

    One of them (U+FDFA) stands for eighteen; a message full of them would keep everybody else waiting.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", "".join(" " if _stands_for_many(c) else c for c in text))


def _stands_for_many(c: str) -> bool:
    return c > "\u2000" and len(unicodedata.normalize("NFKC", c)) > 4


def _plain(text: str) -> str:
    text = compatible(text).casefold().replace("’", "'").replace("‘", "'")
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cs", "Mn"} or c.isspace())
    return " ".join(text.split())


def _command(text: str) -> str:
    """The words of a whole message without slash, bot name, quotes and closing punctuation."""
    plain = re.sub(r"^/(\w+)@\w+$", r"/\1", _plain(text).strip())
    plain = plain[1:] if re.fullmatch(r"/\w+\W*", plain) else plain
    return re.sub(r"[\s.!?,;:…\"'”“»«()*_-]+$", "", re.sub(r"^[\s.!,\"'”“»«()*_-]+", "", plain))


def _is_emoji_part(c: str) -> bool:
    return 0x1F3FB <= ord(c) <= 0x1F3FF or 0xFE00 <= ord(c) <= 0xFE0F or c == _ZWJ


def _cut(text: str, start: int, limit: int) -> int:
    """Where the part that begins at ``start`` ends: the best place within ``limit`` code points."""
    end = start + limit
    floor = start + limit // 2
    window = text[start:end]
    paragraph = window.rfind("\n\n") + 2
    if paragraph > 1 and start + paragraph > start + limit // 3 and _is_boundary(text, start + paragraph):
        return start + paragraph
    line = start + window.rfind("\n") + 1
    if line > floor and _is_boundary(text, line):
        return line
    sentences = [start + match.end() for match in _SENTENCE_END.finditer(window)]
    for place in reversed(sentences):
        if place <= floor:
            break
        if _is_boundary(text, place):
            return place
    for place in range(end, floor, -1):
        if text[place - 1].isspace() and _is_boundary(text, place):
            return place
    for place in range(end, start, -1):
        if _is_boundary(text, place):
            return place
    return end


def _is_boundary(text: str, index: int) -> bool:
    """True if a reader sees two characters where ``index`` cuts (Unicode UAX #29, without Hangul jamo tables of old
    scripts).
    """
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return False
    if unicodedata.category(before) in {"Cc", "Zl", "Zp"}:
        return True
    if _extends(after) or before == _ZWJ:
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        run = 0
        while run < index and _is_flag_half(text[index - 1 - run]):
            run += 1
        return run % 2 == 0
    return not _is_hangul_pair(before, after)


def _extends(c: str) -> bool:
    code = ord(c)
    return (
        unicodedata.category(c) in {"Mn", "Me", "Mc"}
        or c in "\u200c\u200d"
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _is_flag_half(c: str) -> bool:
    return 0x1F1E6 <= ord(c) <= 0x1F1FF


def _is_hangul_pair(before: str, after: str) -> bool:
    left, right = ord(before), ord(after)
    leading, vowel, trailing = 0x1100 <= left <= 0x115F, 0x1160 <= left <= 0x11A7, 0x11A8 <= left <= 0x11FF
    syllable = 0xAC00 <= left <= 0xD7A3
    if leading:
        return 0x1100 <= right <= 0x11A7 or 0xAC00 <= right <= 0xD7A3
    if vowel or syllable:
        return 0x1160 <= right <= 0x11FF
    return trailing and 0x11A8 <= right <= 0x11FF


def _shown(text: str, index: int) -> str:
    c = text[index]
    code = ord(c)
    if c in "\n\t" or 0x20 <= code < 0x7F:
        return c
    category = unicodedata.category(c)
    if category in {"Cs", "Cc"}:
        return _REPLACEMENT
    if c in "\u200c\u200d" and _joins(text, index):
        return c
    if 0xE0020 <= code <= 0xE007F and _in_flag(text, index):
        return c
    if c in _MARKS:
        return f"⟦{_MARKS[c]}⟧"
    if 0xFE00 <= code <= 0xFE0F:
        alone = index == 0 or text[index - 1].isspace() or 0xFE00 <= ord(text[index - 1]) <= 0xFE0F
        return "⟦VS⟧" if alone else c
    if category == "Cf" or 0xE0100 <= code <= 0xE01EF:
        return f"⟦U+{code:04X}⟧"
    return c


def _joins(text: str, index: int) -> bool:
    """True if a joiner does its proper work here: inside an emoji, or between letters of a joining script."""
    if index == 0 or index + 1 >= len(text):
        return False
    before = index - 1
    while before > 0 and (0xFE00 <= ord(text[before]) <= 0xFE0F or 0x1F3FB <= ord(text[before]) <= 0x1F3FF):
        before -= 1
    left, right = text[before], text[index + 1]
    if text[index] == _ZWJ and unicodedata.category(left) == "So" and unicodedata.category(right) in {"So", "Sm"}:
        return True
    return _joining_script(left) and _joining_script(right)


def _joining_script(c: str) -> bool:
    code = ord(c)
    return unicodedata.category(c)[0] in "LM" and (0x0600 <= code <= 0x08FF or 0x0900 <= code <= 0x0DFF)


def _in_flag(text: str, index: int) -> bool:
    while index > 0 and 0xE0020 <= ord(text[index]) <= 0xE007F:
        index -= 1
    return text[index] == "\U0001f3f4"
