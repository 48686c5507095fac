"""What went wrong, as RFC 9457 has it: a stable type, a sentence in the caller's language, the fields by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiohttp import web

from backend import words
from backend.api.schemas import Choice, Many, Record, Text, Token, Whole
from locales import text
from models.domain.register_file import Fault

MEDIA: Final = "application/problem+json"
#: Kind -> the status it comes with. A kind's type is `urn:hoert:problem:` and its name, and never changes.
KINDS: Final[dict[str, int]] = {
    "malformed": 400, "idempotency-key-missing": 400, "unauthorized": 401, "not-allowed": 403, "read-only-token": 403,
    "not-found": 404, "method-not-allowed": 405, "timeout": 408, "conflict": 409, "idempotency-in-progress": 409,
    "precondition-failed": 412, "too-large": 413, "unsupported-media-type": 415, "invalid": 422,
    "idempotency-key-reused": 422, "precondition-required": 428, "too-many-requests": 429, "fault": 500,
}  # fmt: skip

FIELD = Record(
    "ProblemField",
    {"pointer": Text(400, blank=True), "code": Token("[a-z0-9_.-]{1,80}", "text_wanted"), "detail": Text(400)},
)
PROBLEM = Record(
    "Problem",
    {
        "type": Choice(tuple(f"urn:hoert:problem:{kind}" for kind in KINDS)),
        "title": Text(200),
        "status": Whole(400, 599),
        "detail": Text(400),
        "code": Token("[a-z0-9_.-]{1,80}", "text_wanted"),
        "errors": Many(FIELD, 200),
        "reference": Token("[0-9a-f]{8}", "text_wanted"),
    },
    may=frozenset({"code", "errors", "reference"}),
)


class Problem(Exception):
    """The call ends here. `code` says more exactly why, `fields` which fields: pairs of pointer and code. `faults` are
    what is wrong with somebody on the register; the first of them is why.
    """

    def __init__(
        self,
        kind: str,
        *,
        code: str = "",
        fields: Iterable[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
        reference: str = "",
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(kind)
        self.kind, self.code, self.fields, self.reference = kind, code, tuple(fields), reference
        self.faults = tuple(faults)
        self.headers = headers or {}

    def answer(self, language: str) -> web.Response:
        """The problem as it is sent."""
        title = text(f"desk.api.problem.{self.kind.replace('-', '_')}", language)
        body: dict[str, Any] = {
            "type": f"urn:hoert:problem:{self.kind}",
            "title": title,
            "status": KINDS[self.kind],
            "detail": words.refusal(self.code, language) if self.code else title,
        }
        if self.code:
            body["code"] = self.code
        if self.fields:
            body["errors"] = [
                {"pointer": where, "code": code, "detail": words.refusal(code, language)}
                for where, code in self.fields[:200]
            ]
        if self.faults:
            told = [(f"/{one.column}", f"register_{one.code}", words.fault(one, language)) for one in self.faults]
            body["code"], body["detail"] = told[0][1:]
            body["errors"] = [{"pointer": where, "code": code, "detail": said} for where, code, said in told]
        if self.reference:
            body["reference"] = self.reference
        return web.Response(
            status=KINDS[self.kind], body=json.dumps(body, ensure_ascii=False).encode(), content_type=MEDIA,
            headers={**self.headers, "Content-Language": language},
        )  # fmt: skip


def preferred(header: str, fallback: str) -> str:
    """Danish or English, by what the caller accepts; `fallback` where they name neither."""
    best, chosen = 0.0, fallback
    for part in header.split(",")[:20]:
        name, _, rest = part.strip().partition(";")
        primary = name.strip().casefold().partition("-")[0]
        weight = rest.strip().removeprefix("q=") if rest else "1"
        try:
            value = float(weight)
        except ValueError:
            continue
        if primary in {"da", "en"} and value > best:
            best, chosen = value, primary
    return chosen
