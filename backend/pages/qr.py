"""QR codes in pages."""

from __future__ import annotations

import io
from urllib.parse import quote, urlencode

from markupsafe import Markup

from models.domain.staff_codes import DIGITS, PERIOD, secret_text


def qr_code(address: str) -> Markup:
    """The address as a QR code: an SVG of attributes only, so that no policy stops it."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr-code", lineclass=None,
        title=None, dark="#000", light="#fff", nl=False,
    )  # fmt: skip
    return Markup(out.getvalue().decode("ascii"))  # noqa: S704 (made by segno from an address of ours)


def app_address(secret: bytes, account: str, *, house: str = "Hørt") -> str:
    """What the QR code says to an app: an otpauth address with the secret and the names the app shows."""
    label = quote(f"{house}:{account}", safe="")
    asked = {"secret": secret_text(secret).replace(" ", ""), "issuer": house, "algorithm": "SHA1", "digits": DIGITS}
    return f"otpauth://totp/{label}?{urlencode(asked | {'period': PERIOD}, quote_via=quote)}"
