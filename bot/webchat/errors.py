"""Failures with the exact descriptions of Telegram's own server (tdlib/telegram-bot-api), and those of the page API."""

from __future__ import annotations

from dataclasses import dataclass

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
POLL_ENDED_BY_WEBHOOK = "terminated by setWebhook request"
WRONG_FILE = "wrong file_id or the file is temporarily unavailable"
NOT_UTF8 = "strings must be encoded in UTF-8"


@dataclass(eq=False)
class ApiError(Exception):
    """A Bot API answer with `ok` false: HTTP status `code`, the `description`, and seconds to wait for a 429."""

    code: int
    description: str
    retry_after: int | None = None

    def body(self) -> dict[str, object]:
        """The JSON object that Telegram answers with."""
        answer: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def _prefixed(prefix: str, text: str) -> str:
    """Telegram's rule: the first letter is lowered unless the second is upper case or an underscore (server codes)."""
    if len(text) > 1 and (text[1] == "_" or "A" <= text[1] <= "Z"):
        return f"{prefix}: {text}"
    return f"{prefix}: {text[:1].lower()}{text[1:]}"


def bad_request(text: str) -> ApiError:
    """400 "Bad Request: …"."""
    return ApiError(400, _prefixed("Bad Request", text))


def forbidden(text: str) -> ApiError:
    """403 "Forbidden: …"."""
    return ApiError(403, _prefixed("Forbidden", text))


def conflict(text: str) -> ApiError:
    """409 "Conflict: …"."""
    return ApiError(409, _prefixed("Conflict", text))


def too_many_requests(seconds: int) -> ApiError:
    """429 with the seconds to wait in the text, in `parameters` and (by the server) in the Retry-After header."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", seconds)


def unauthorized() -> ApiError:
    """401: a token of no bot of ours."""
    return ApiError(401, "Unauthorized")


def wrong_token() -> ApiError:
    """401: what cannot be a token at all."""
    return ApiError(401, "Unauthorized: invalid token specified")


def misdirected() -> ApiError:
    """421: the token begins with no number."""
    return ApiError(421, "Misdirected Request: unallowed token specified")


def restarting() -> ApiError:
    """500 while Telegram's server begins anew: whether the call was carried out is not known."""
    return ApiError(500, "Internal Server Error: restart")


def method_not_found() -> ApiError:
    """404 for a method that this server does not have."""
    return ApiError(404, "Not Found: method not found")


def not_found() -> ApiError:
    """404 for a path that is no method call, or a file that is gone."""
    return ApiError(404, "Not Found")


def too_large() -> ApiError:
    """413 for a body over the upload limit."""
    return ApiError(413, "Request Entity Too Large")


def internal() -> ApiError:
    """500 for a failure of our own."""
    return ApiError(500, "Internal Server Error")


@dataclass(eq=False)
class PageError(Exception):
    """A page API answer {"error": reason} with HTTP status `status`, and seconds to wait (0: none) as Retry-After.

    Words for people are the page's business.
    """

    status: int
    reason: str
    wait: int = 0
