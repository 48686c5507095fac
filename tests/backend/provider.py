"""A municipality's own sign-in on loopback: an OpenID Connect provider of Authlib's server parts, over real HTTP.

Authlib checks the client's secret, the redirect, the code and PKCE, and writes the ID token; here is only what it asks
for. `lies` go into the token last, so that a test can make the provider say anything.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Error, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwk

CLIENT, SECRET = "hoert", "a secret of the client"


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "of today", "use": "sig"})


@dataclass
class Provider:
    """Who is signed in at the provider, and what it says about them."""

    clock: Callable[[], datetime]
    subject: str = "mette-at-work"
    email: str = "mette@example.org"
    verified: bool = True
    lies: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    denies: bool = False
    #: Signs with a key it does not publish.
    forges: bool = False
    #: Tells the e-mail only where it is asked with the access token.
    elsewhere: bool = False
    broken: bool = False
    issuer: str = ""
    redirect: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, Any] = field(default_factory=dict)
    key: jwk.RSAKey = field(default_factory=_key)
    other: jwk.RSAKey = field(default_factory=_key)

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    def about(self) -> dict[str, Any]:
        """What the provider says about whoever signed in."""
        mail = {"email": self.email, "email_verified": self.verified}
        return {"sub": self.subject} | ({} if self.elsewhere else mail) | self.lies

    def application(self) -> web.Application:
        """Its pages."""
        server = _Server(self)
        app = web.Application()

        async def discovery(request: web.Request) -> web.Response:
            if self.broken:
                raise web.HTTPServiceUnavailable
            return web.json_response({
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/about",
            })  # fmt: skip

        async def authorize(request: web.Request) -> web.Response:
            self.asked.append(dict(request.query))
            asked = server.create_oauth2_request(request)
            grant = server.get_consent_grant(asked)
            user = None if self.denies else SimpleNamespace(id=self.subject)
            return server.create_authorization_response(asked, grant_user=user, grant=grant)

        async def token(request: web.Request) -> web.Response:
            form = {name: str(value) for name, value in (await request.post()).items()}
            return server.create_token_response(_Request(request, form))

        async def keys(request: web.Request) -> web.Response:
            return web.json_response({"keys": [self.key.as_dict(private=False)]})

        async def about(request: web.Request) -> web.Response:
            assert request.headers["Authorization"].startswith("Bearer ")
            return web.json_response({"sub": self.subject, "email": self.email, "email_verified": self.verified})

        app.router.add_get("/.well-known/openid-configuration", discovery)
        app.router.add_get("/authorize", authorize)
        app.router.add_post("/token", token)
        app.router.add_get("/keys", keys)
        app.router.add_get("/about", about)
        return app


class _Client(ClientMixin):
    client_id = CLIENT

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self._provider.redirect

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._provider.redirect

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Request(OAuth2Request):
    def __init__(self, request: web.Request, form: dict[str, str] | None = None) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        self._query, self._form = dict(request.query), form or {}
        self.payload = BasicOAuth2Payload(self._query | self._form)

    @property
    def args(self) -> dict[str, str]:
        return self._query

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Server(AuthorizationServer):
    def __init__(self, provider: Provider) -> None:
        super().__init__(scopes_supported=["openid", "email"])
        self.provider = provider
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: "an access token"))
        self.register_grant(_Grant, [CodeChallenge(required=True), _OpenId(require_nonce=True)])

    def query_client(self, client_id: str) -> _Client | None:
        return _Client(self.provider) if client_id == CLIENT else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nobody asks for it again."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return request if isinstance(request, OAuth2Request) else _Request(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> web.Response:
        told = dict(headers)
        if isinstance(body, dict):
            told.pop("Content-Type", None)
            return web.json_response(body, status=status, headers=told)
        return web.Response(status=status, text=body or "", headers=told)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> web.Response:
        return self.handle_response(*error(self.get_error_uri(request, error)))


class _Grant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 (Authlib's shape)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        self.server.provider.codes[code] = SimpleNamespace(
            code=code, code_challenge=data["code_challenge"], code_challenge_method=data["code_challenge_method"],
            get_redirect_uri=lambda: data["redirect_uri"], get_scope=lambda: request.scope,
            get_nonce=lambda: data["nonce"], get_auth_time=lambda: self.server.provider.now, get_acr=lambda: None,
            get_amr=lambda: None,
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: _Client) -> Any:
        return self.server.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code: Any) -> None:
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Any) -> Any:
        return SimpleNamespace(id=self.server.provider.subject)


class _OpenId(OpenIDCode):
    def __call__(self, grant: Any) -> None:
        self.provider: Provider = grant.server.provider
        super().__call__(grant)

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        """As Authlib writes it; what no honest library writes, by hand: unsigned, or under the client's secret."""
        if self.provider.algorithm == "RS256":
            return str(super().encode_id_token(token, request))
        claims = self.get_client_claims(request.client) | self.get_authorization_code_claims(request.authorization_code)
        parts = ({"alg": self.provider.algorithm}, claims | self.provider.about())
        words = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        signed = hmac.digest(SECRET.encode(), words.encode(), "sha256") if self.provider.algorithm == "HS256" else b""
        return f"{words}.{_base64(signed)}"

    def get_encode_header(self, client: _Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "of today"}

    def get_client_algorithm(self, client: _Client) -> str:
        return "RS256"

    def resolve_client_private_key(self, client: _Client) -> Any:
        return self.provider.other if self.provider.forges else self.provider.key

    def get_client_claims(self, client: _Client) -> dict[str, Any]:
        now = self.provider.now
        return {"iss": self.provider.issuer, "aud": [CLIENT], "iat": now, "exp": now + 300, "auth_time": now}

    def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:
        return self.provider.about()
