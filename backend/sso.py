"""The municipality's own sign-in: OpenID Connect, code flow with PKCE, through Authlib's parts and our own client.

What is between the way there and the way back stands in a cookie of the browser that set out, signed and short-lived:
nothing is stored for somebody who never comes back. State, nonce and PKCE's verifier are made from its random token.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth

from models import crypto
from models.settings import Settings

#: Asymmetric, so that whoever holds the client secret cannot speak as the provider; never "none".
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_TIMEOUT: Final = ClientTimeout(total=10)
_LARGEST_ANSWER: Final = 512 * 1024
_JOURNEY_LIVES: Final = timedelta(minutes=10)
_KNOWN_FOR: Final = timedelta(hours=1)
#: How far the provider's clock may be from ours, in seconds.
_LEEWAY: Final = 60
_WAY_BACK: Final = "/sign-in/oidc/back"


class SsoFailed(Exception):
    """The municipality's own sign-in did not say who it is; `code` is the suffix of a sentence. Carries no content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody on the way to the provider. `again`: signed in already, and only to prove it once more."""

    token: str = field(repr=False)
    begun: int
    back: str
    again: bool

    def secret(self, purpose: str) -> str:
        """State, nonce or verifier: each tells nothing of the others."""
        return urlsafe_b64encode(hmac.digest(self.token.encode(), purpose.encode(), sha256)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who the provider says it is."""

    issuer: str
    subject: str
    email: str = field(repr=False)
    verified: bool


class Sso:
    """One provider. It is asked over the network only when somebody signs in by it."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, settings: Settings) -> None:
        self._issuer = issuer
        self._client = (client_id, client_secret)
        self._redirect = settings.public_url + _WAY_BACK
        self._key = crypto.derive(settings.master_key, b"desk sso")
        self._known: tuple[datetime, dict[str, Any]] | None = None

    def set_out(self, back: str, *, again: bool, now: datetime) -> Journey:
        """Begin a journey to the provider."""
        return Journey(secrets.token_urlsafe(32), int(now.timestamp()), back, again)

    def packed(self, journey: Journey) -> str:
        """A journey as its cookie carries it."""
        words = urlsafe_b64encode(json.dumps(asdict(journey)).encode()).decode()
        return f"{words}.{hmac.new(self._key, words.encode(), sha256).hexdigest()}"

    def unpacked(self, cookie: str, *, now: datetime) -> Journey:
        """The journey of a cookie of ours. Raises SsoFailed("sso_stale") for any other, and for one too old."""
        words, _, mark = cookie.partition(".")
        wanted = hmac.new(self._key, words.encode("utf-8", "replace"), sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), mark.encode("utf-8", "replace")):
            raise SsoFailed("sso_stale")
        try:
            journey = Journey(**json.loads(urlsafe_b64decode(words)))
        except (ValueError, TypeError):
            raise SsoFailed("sso_stale") from None  # made by another version of Hørt
        if not 0 <= now.timestamp() - journey.begun <= _JOURNEY_LIVES.total_seconds():
            raise SsoFailed("sso_stale")
        return journey

    async def way_there(self, journey: Journey, *, now: datetime) -> str:
        """The provider's page to go to. Raises SsoFailed("sso_down") when the provider cannot be reached."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        async with ClientSession(timeout=_TIMEOUT) as web:
            provider = await self._provider(web, now)
        asked_again = {"prompt": "login", "max_age": "0"} if journey.again else {}
        return str(
            prepare_grant_uri(
                provider["authorization_endpoint"], self._client[0], "code", redirect_uri=self._redirect,
                scope="openid email", state=journey.secret("state"), nonce=journey.secret("nonce"),
                code_challenge=create_s256_code_challenge(journey.secret("verifier")), code_challenge_method="S256",
                **asked_again,
            )
        )  # fmt: skip

    async def who(self, journey: Journey, answer: Mapping[str, str], *, now: datetime) -> Somebody:
        """Who came back, from what the provider's redirect brought. Raises SsoFailed."""
        if not hmac.compare_digest(
            journey.secret("state").encode(), answer.get("state", "").encode("utf-8", "replace")
        ):
            raise SsoFailed("sso_stale")
        if answer.get("iss", self._issuer) != self._issuer:
            raise SsoFailed("sso_untrusted")
        if "code" not in answer:
            raise SsoFailed("sso_declined")
        async with ClientSession(timeout=_TIMEOUT) as web:
            provider = await self._provider(web, now)
            tokens = await self._exchanged(web, provider, journey, answer["code"])
            keys = await _fetched(web, "GET", provider["jwks_uri"])
            claims = self._validated(str(tokens.get("id_token", "")), keys, journey, tokens, now)
            if "email" not in claims and "userinfo_endpoint" in provider:
                claims |= await _told(web, provider["userinfo_endpoint"], tokens, claims["sub"])
        verified = claims.get("email_verified")
        return Somebody(self._issuer, claims["sub"], str(claims.get("email", "")), verified in {True, "true"})

    async def _provider(self, web: ClientSession, now: datetime) -> dict[str, Any]:
        """What the provider says about itself, asked at most once an hour."""
        from authlib.oidc.discovery import OpenIDProviderMetadata

        if self._known is not None and timedelta(0) <= now - self._known[0] < _KNOWN_FOR:
            return self._known[1]
        found = await _fetched(web, "GET", self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        said = OpenIDProviderMetadata(found)
        try:
            said.validate_authorization_endpoint()
            said.validate_token_endpoint()
            said.validate_jwks_uri()
        except ValueError:
            raise SsoFailed("sso_untrusted") from None
        if found.get("issuer") != self._issuer:
            raise SsoFailed("sso_untrusted")
        self._known = (now, found)
        return found

    async def _exchanged(
        self, web: ClientSession, provider: dict[str, Any], journey: Journey, code: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect,
            "code_verifier": journey.secret("verifier"),
        }  # fmt: skip
        ways = provider.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in ways:
            client = encode_basic_auth(*(quote(part, safe="") for part in self._client))  # RFC 6749, 2.3.1
            return await _fetched(web, "POST", provider["token_endpoint"], data=form, headers={"Authorization": client})
        form |= {"client_id": self._client[0], "client_secret": self._client[1]}
        return await _fetched(web, "POST", provider["token_endpoint"], data=form)

    def _validated(
        self, id_token: str, keys: dict[str, Any], journey: Journey, tokens: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwk, jwt
        from joserfc.errors import ClaimError, ExpiredTokenError, JoseError

        at = int(now.timestamp())
        try:
            read = jwt.decode(id_token, jwk.KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
            token = CodeIDToken(
                read.claims, read.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client[0]},
                },
                params={
                    "nonce": journey.secret("nonce"), "client_id": self._client[0],
                    "access_token": tokens.get("access_token"),
                },
            )  # fmt: skip
            token.validate(now=at, leeway=_LEEWAY)
        except ExpiredTokenError:
            raise SsoFailed("sso_stale") from None
        except ClaimError as wrong:
            raise SsoFailed("sso_stale" if wrong.claim == "nonce" else "sso_untrusted") from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise SsoFailed("sso_untrusted") from None
        # Asked to prove it now, a provider that only remembers somebody has proved nothing.
        if journey.again and not int(token.get("auth_time", 0)) >= journey.begun - _LEEWAY:
            raise SsoFailed("sso_not_asked")
        return dict(token)


def sso_for(settings: Settings) -> Sso | None:
    """The provider the settings name, if any."""
    return None if settings.oidc is None else Sso(*settings.oidc, settings)


async def _told(web: ClientSession, address: str, tokens: dict[str, Any], subject: str) -> dict[str, Any]:
    """The e-mail of the same somebody, where the token itself does not carry it."""
    told = await _fetched(web, "GET", address, headers={"Authorization": f"Bearer {tokens.get('access_token', '')}"})
    if told.get("sub") != subject:
        raise SsoFailed("sso_untrusted")
    return {name: told[name] for name in ("email", "email_verified") if name in told}


async def _fetched(web: ClientSession, method: str, address: str, **more: Any) -> dict[str, Any]:
    """A JSON object from the provider. No redirect is followed."""
    try:
        async with web.request(method, address, allow_redirects=False, **more) as answer:
            body = await answer.content.read(_LARGEST_ANSWER)
            if answer.status >= 500:
                raise SsoFailed("sso_down")
            if answer.status != 200:
                raise SsoFailed("sso_refused")
            found = json.loads(body)
    except (ClientError, TimeoutError, OSError):
        raise SsoFailed("sso_down") from None
    except ValueError:
        raise SsoFailed("sso_untrusted") from None
    if not isinstance(found, dict):
        raise SsoFailed("sso_untrusted")
    return found
