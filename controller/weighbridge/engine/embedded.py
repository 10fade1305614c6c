"""
Asks regopy, an embedded engine, where there is no OPA: a preview for authors, never what enforces.

It differs from OPA in known ways: it loads modules that OPA refuses, and what it cannot evaluate is silently undefined.
So input is bounded before it goes in, and anything but one clean answer is an error.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import msgspec

from weighbridge.engine.bundles import ENTRYPOINT, Bundle, canonical
from weighbridge.engine.interface import Answered
from weighbridge.engine.portable import arities
from weighbridge.errors import BadPolicies, EngineError

DEPTH = 64
"""Deeper input ends the whole process (50,000 levels) or takes minutes (9,000)."""
BIGGEST_INTEGER = 2**63
SECONDS = 30.0
_THREADS = 2

_PLACE = re.compile(r"\d+:(?P<path>[^\s|:]+)\|(?P<offset>\d+)\|")
_MESSAGE = re.compile(r"\(errormsg \d+:(?P<text>[^)\n]*)\)")


class EmbeddedEngine:
    """
    Evaluates a bundle inside this process.

    To be entered with `async with`.
    Building it raises `EngineError` where regopy cannot run and `BadPolicies` where it refuses a module.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        seconds: float = SECONDS,
        entrypoint: str = ENTRYPOINT,
        import_module: Callable[[str], Any] = importlib.import_module,
    ) -> None:
        """Compile `bundle` to be asked for `entrypoint`; each question may take `seconds`."""
        self.revision = bundle.revision
        self._seconds = seconds
        self._entrypoint = entrypoint
        self._regopy = load_regopy(import_module)
        self._compiled = self._compile(bundle)
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="regopy")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def decide(self, facts_body: bytes) -> Answered:
        """
        Ask about one document.

        Raises `EngineError` when the decision is undefined, cannot be evaluated or takes too long.
        """
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.run_in_executor(self._pool, self._decide, facts_body), self._seconds)
        except TimeoutError:
            raise EngineError(
                f"regopy: no answer within {self._seconds:g} s. Fix: use opa, it is ten times faster"
            ) from None

    async def ready(self) -> None:
        """Return at once: what was compiled can be asked."""

    def _decide(self, body: bytes) -> Answered:
        term = _bounded(body)
        interpreter = self._interpreter()
        try:
            interpreter.set_input_term(term)
            output = interpreter.query_bundle_entrypoint(self._compiled, self._entrypoint)
            results = output.results if output.ok() else None
        except (self._regopy.RegoError, ValueError) as error:
            raise EngineError(f"regopy: {_said(str(error))}. Fix: use opa, which says more") from None
        if results is None:
            raise EngineError(
                f"regopy: a built-in function failed, {_said(_dump(output.node()))}. Fix: use opa, which says more"
            )
        if not results or not results[0].expressions:
            raise EngineError(
                f"regopy: data.{self._entrypoint.replace('/', '.')} is undefined. "
                "Fix: load policies whose main gives a decision for every input"
            )
        return Answered(results[0].expressions[0], self.revision)

    def _interpreter(self) -> Any:
        """Return this thread's own; they are not safe to share."""
        interpreter = getattr(self._local, "interpreter", None)
        if interpreter is None:
            interpreter = self._regopy.Interpreter()
            interpreter.log_level = self._regopy.LogLevel.NONE
            interpreter.strict_built_in_errors = True
            self._local.interpreter = interpreter
        return interpreter

    def _compile(self, bundle: Bundle) -> Any:
        for path, line, name, first in arities(bundle.modules):
            raise BadPolicies(
                f"{path}:{line}: {name} has another number of arguments than in {first}, which regopy cannot compile. "
                "Fix: give it another name, or use opa"
            )
        interpreter = self._regopy.Interpreter()
        interpreter.log_level = self._regopy.LogLevel.NONE
        try:
            for path, text in bundle.modules.items():
                interpreter.add_module(path, text)
            interpreter.add_data_json(canonical({"weighbridge": bundle.documents}).decode())
            compiled = interpreter.build(None, [self._entrypoint])
        except self._regopy.RegoError as error:
            raise _refusal(str(error), bundle) from None
        if not compiled.ok():
            raise _refusal(_dump(compiled.node()), bundle)
        return compiled


def load_regopy(import_module: Callable[[str], Any] = importlib.import_module) -> Any:
    """Import regopy, which needs a library that small systems lack. Raises `EngineError`."""
    try:
        return import_module("regopy")
    except (ImportError, OSError) as error:
        if "libatomic" in str(error):
            raise EngineError(
                "regopy: libatomic.so.1 is missing, the embedded engine needs it. "
                "Fix: apt-get install libatomic1, or put opa on PATH"
            ) from None
        raise EngineError(
            f"regopy: cannot be loaded, {str(error).lower()}. Fix: put opa on PATH, or install regopy for this machine"
        ) from None


def _bounded(body: bytes) -> str:
    """Return the document as JSON in raw UTF-8, as regopy reads no escapes, once it is known to be harmless."""
    try:
        document = msgspec.json.decode(body)
    except RecursionError:
        raise EngineError(f"regopy: input nested deeper than {DEPTH} levels. Fix: use opa") from None
    except msgspec.DecodeError as error:
        raise EngineError(f"regopy: input is no JSON, {str(error).lower()}. Fix: report this, it is a bug") from None
    waiting: list[tuple[object, int]] = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEPTH:
            raise EngineError(f"regopy: input nested deeper than {DEPTH} levels. Fix: use opa")
        match value:
            case dict():
                waiting.extend((item, depth + 1) for item in value.values())
            case list():
                waiting.extend((item, depth + 1) for item in value)
            case int() if abs(value) >= BIGGEST_INTEGER:
                raise EngineError(
                    f"regopy: input holds the integer {value}, at most 63 bits are read right. Fix: use opa"
                )
            case _:
                pass
    return canonical(document).decode()


def _refusal(dump: str, bundle: Bundle) -> BadPolicies:
    """Turn the dump of a syntax tree into the sentence a person can use."""
    place = _PLACE.search(dump)
    where = _where(place["path"], int(place["offset"]), bundle) if place else "policies"
    return BadPolicies(f"{where}: {_said(dump)}. Fix: mend the policy, `opa check` says more")


def _where(path: str, offset: int, bundle: Bundle) -> str:
    line = bundle.modules.get(path, "").encode()[:offset].count(b"\n") + 1
    return f"{path}:{line}"


def _dump(node: Any) -> str:
    """Return the first error as text; the sequence itself prints as an address."""
    return str(node.at(0).json()) if len(node) else str(node.json())


def _said(dump: str) -> str:
    message = _MESSAGE.search(dump)
    text = message["text"] if message else " ".join(dump.split())
    return text[:300] or "without a reason"
