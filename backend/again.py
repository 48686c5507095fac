"""Asking once more who it is, before a deed of weight, and then going on with the very form that was sent."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from backend import context, forms, security, words
from backend.context import Account
from backend.rendering import page
from models.actions import staff as deeds
from models.domain.errors import NotAllowed
from models.queries import staff
from models.transactions import HOUSE

_PROOF: Final = "proof_of_who"
_LONGEST: Final = 1000


async def asked_again(request: web.Request, account: Account) -> web.Response | None:
    """The page that asks, with everything typed still in it; None when the deed may go on.

    In the demo nobody has a password, and nobody is asked.
    """
    desk, form = context.desk(request), await forms.read(request)
    real_now = desk.clock.real_now()
    if desk.settings.demo:
        return None
    proofs = await staff.proofs(HOUSE, account.viewer.staff_id, account.session, real_now=real_now)
    if proofs.fresh:
        return None
    problem, status = "", 428
    if _PROOF in form.values:
        typed, address = form.text(_PROOF)[:_LONGEST], security.caller(request, desk.settings)
        try:
            if await deeds.prove_again(account.viewer, account.session, typed, address=address, real_now=real_now):
                return None
            problem = "wrong_proof"
        except NotAllowed as refused:
            problem, status = refused.code, 429
    language = context.language(request)
    return await page(
        request, "again.html", status=status, action=request.path,
        fields=[
            (name, value)
            for name, values in form.several.items() if name not in {_PROOF, "csrf"}
            for value in values
        ],
        proof=_PROOF, password=proofs.password, code=proofs.code, sso=desk.sso is not None,
        errors=[{"id": "proof", "words": words.refusal(problem, language)}] if problem else [],
    )  # fmt: skip
