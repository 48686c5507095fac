"""Runs under `.venv-aiogram`: does a call, its answer or an update have the form that aiogram knows Telegram's to have?

A line is {"method", "params", "files", "answer"} or {"update"}; the verdict is a list of what is wrong with it. A field
that aiogram does not know is wrong, too. Nothing of what was said is repeated, only where it stood.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from aiogram import methods
from aiogram.methods.base import Response
from aiogram.types import Update
from pydantic import BaseModel, ValidationError

_METHODS = {
    one.__api_method__: one
    for one in vars(methods).values()
    if isinstance(one, type) and hasattr(one, "__api_method__")
}


def _unknown(found: object, place: str) -> Iterator[str]:
    if isinstance(found, BaseModel):
        yield from (f"{place}.{name}: unknown" for name in found.model_extra or {})
        for name in type(found).model_fields:
            yield from _unknown(getattr(found, name), f"{place}.{name}")
    elif isinstance(found, list):
        for number, one in enumerate(found):
            yield from _unknown(one, f"{place}[{number}]")


def _judged(model: Any, given: object, place: str) -> list[str]:
    try:
        return list(_unknown(model.model_validate(given), place))
    except ValidationError as failure:
        errors = failure.errors(include_input=False, include_context=False, include_url=False)
        return [f"{place}.{'.'.join(map(str, one['loc']))}: {one['type']}" for one in errors]


def _takes_words(annotation: object) -> bool:
    if get_origin(annotation) in (None, list):
        return annotation is str
    return any(_takes_words(one) for one in get_args(annotation))


def _decoded(model: Any, params: dict[str, Any], files: list[str]) -> dict[str, Any]:
    """Parameters may be JSON text wherever Telegram expects no text; a file stands for itself."""
    given: dict[str, Any] = {}
    for name, value in params.items():
        field = model.model_fields.get(name)
        encoded = isinstance(value, str) and field is not None and not _takes_words(field.annotation)
        given[name] = json.loads(value) if encoded else value
    return given | {name: "attach://file" for name in files if name in model.model_fields}


def _call(line: dict[str, Any]) -> list[str]:
    model = _METHODS.get(line["method"])
    if model is None:
        return [f"{line['method']}: no such method"]
    params = _decoded(model, line["params"], line["files"])
    answered = Response[model.__returning__]
    return [*_judged(model, params, line["method"]), *_judged(answered, line["answer"], f"{line['method']}()")]


def verdict(line: dict[str, Any]) -> list[str]:
    """What is wrong with a line."""
    return _judged(Update, line["update"], "Update") if "update" in line else _call(line)
