"""
Evidence as bytes, so that ten thousand models fit into memory.

Each fact is written as the outcome it is, by the types of `Evidence` itself: a fact that is added there is packed without a change here.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import typing
from typing import Any, Generic, TypeVar

import msgspec

from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef

T = TypeVar("T")


class _Fact(msgspec.Struct, Generic[T], array_like=True, omit_defaults=True, gc=False):
    found: T | None = None
    unreadable: str | None = None
    missing: str | None = None
    unknown: Unknown | None = None


def _packed() -> tuple[type[msgspec.Struct], tuple[str, ...], tuple[bool, ...]]:
    """Return what evidence is written as, the names of its fields, and for each of these whether it is an outcome."""
    hints = typing.get_type_hints(Evidence)
    names = tuple(one.name for one in dataclasses.fields(Evidence) if one.name != "ref")
    written: list[tuple[str, Any]] = []
    for name in names:
        found = next((one for one in typing.get_args(hints[name]) if typing.get_origin(one) is Found), None)
        if found is None:
            written.append((name, hints[name]))
            continue
        (value,) = typing.get_args(found)
        kinds = [one for one in typing.get_args(value) or (value,) if one is not Unreadable]
        written.append((name, _Fact[functools.reduce(operator.or_, kinds)]))  # type: ignore[misc]  # built from hints
    outcomes = tuple(kind is not hints[name] for name, kind in written)
    return msgspec.defstruct("Packed", written, array_like=True, gc=False), names, outcomes


_PACKED, _NAMES, _OUTCOMES = _packed()
_decode = msgspec.msgpack.Decoder(_PACKED).decode
_encode = msgspec.msgpack.Encoder().encode


def pack(evidence: Evidence) -> bytes | None:
    """Write evidence, without its reference; `None` for values that cannot be written."""
    values = [getattr(evidence, name) for name in _NAMES]
    facts = [_fact(value) if outcome else value for value, outcome in zip(values, _OUTCOMES, strict=True)]
    try:
        return _encode(facts)
    except (UnicodeEncodeError, OverflowError):
        return None


def unpack(body: bytes, ref: ModelRef) -> Evidence:
    """Return the evidence that was written, as that of `ref`."""
    values = msgspec.structs.astuple(_decode(body))
    return Evidence(
        ref, *[_outcome(value) if outcome else value for value, outcome in zip(values, _OUTCOMES, strict=True)]
    )


def _fact(outcome: Any) -> _Fact[Any]:
    match outcome:
        case Found(value=Unreadable(unreadable=why)):
            return _Fact(unreadable=why)
        case Found(value=value):
            return _Fact(found=value)
        case Missing(looked_at=looked_at):
            return _Fact(missing=looked_at)
        case _:
            return _Fact(unknown=outcome)


def _outcome(fact: _Fact[Any]) -> Any:
    if fact.found is not None:
        return Found(fact.found)
    if fact.missing is not None:
        return Missing(fact.missing)
    return fact.unknown if fact.unknown is not None else Found(Unreadable(fact.unreadable or ""))
