"""Plain values to bytes and back: dataclasses, tuples, mappings, text, numbers and moments, as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def encode(value: object) -> bytes:
    """A value as JSON, the same bytes for the same value; moments as RFC 3339 has them.

    An object of another class is told by its `digest`. Raises TypeError for one
    without, and ValueError for text that is not Unicode.
    """
    return _encoder.encode(value)


def decoder(kind: type[Value]) -> Callable[[bytes], Value]:
    """A function from what `encode` made of values of a type back to them. It raises ValueError for anything else.

    An object that is told by its digest comes back blank.
    """
    made: Callable[[bytes], Value] = msgspec.json.Decoder(kind, dec_hook=_nameless).decode
    return made


def digest(*values: object) -> str:
    """32 hexadecimal digits that stand for values: BLAKE2b of what `encode` makes of them."""
    try:
        told = encode(values)
    except UnicodeEncodeError:
        told = repr(values).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _named(value: Any) -> object:
    try:
        return {"digest": value.digest}
    except AttributeError as error:
        raise TypeError(f"a {type(value).__name__} is no plain value") from error


_encoder = msgspec.json.Encoder(enc_hook=_named)


def _nameless(kind: Any, value: object) -> Any:
    """What stood for an object as a blank one, for whoever knows more to fill."""
    return kind()
