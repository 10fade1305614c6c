"""Serving settings, from the flags of one command line. No input or output."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeGuard

from weighbridge.model.requests import Json
from weighbridge.model.serving import Settings
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flags import Flag

NOTHING_STATED = Settings()
VALUES = 2_000
"""Values that are kept of one override."""
DEPTH = 20
"""Levels that are kept of one override."""
NAMES = 50
"""Served names that are kept."""

_TOKENS = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))?([kKmMgG]?)")
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "K": 2**10, "M": 2**20, "G": 2**30}
_NO = frozenset({"false", "0", "no", "off", ""})


def settings(engine: Engine, flags: tuple[Flag, ...], environment: Environment) -> Settings:
    """Return what the flags say; where one stands more than once, the last counts."""
    said: dict[str, list[Flag]] = {}
    for flag in flags:
        name = engine.settings.get(flag.name) or engine.settings.get(flag.name.partition(".")[0])
        if name is not None:
            said.setdefault(name, []).append(flag)
    runtime_loading = _runtime_loading(engine, flags, environment)
    code_loading = _code_loading(engine, flags, environment)
    if not (said or runtime_loading or code_loading):
        return NOTHING_STATED
    return Settings(
        max_model_len=_tokens(said.get("max_model_len")),
        dtype=_word(said.get("dtype")),
        quantization=_word(said.get("quantization")),
        load_format=_word(said.get("load_format")),
        trust_remote_code=_switch(said.get("trust_remote_code")),
        enable_lora=_switch(said.get("enable_lora")),
        runtime_loading=runtime_loading,
        generation_overrides=_map(said.get("generation_overrides")),
        hf_overrides=_map(said.get("hf_overrides")),
        temperature=_number(said.get("temperature")),
        kv_cache_dtype=_word(said.get("kv_cache_dtype")),
        max_output_tokens=_tokens(said.get("max_output_tokens")),
        chat_template=_word(said.get("chat_template")),
        code_loading=code_loading,
        served_names=tuple(
            dict.fromkeys(value[:200] for flag in said.get("served_names", ()) for value in flag.values)
        )[:NAMES],
    )


def _word(said: list[Flag] | None) -> str | None:
    return said[-1].values[0][:200] if said and said[-1].values else None


def _switch(said: list[Flag] | None) -> bool | None:
    if not said:
        return None
    return not said[-1].values or said[-1].values[0].lower() not in _NO


def _tokens(said: list[Flag] | None) -> int | None:
    """Read `32768`, `32k` (thousands), `32K` (1024s)."""
    found = _TOKENS.fullmatch(_word(said) or "") if said else None
    if found is None:
        return None
    whole, part, unit = found.groups()
    return int(float(f"{whole}.{part or 0}") * _FACTORS[unit])


def _number(said: list[Flag] | None) -> float | None:
    if not said:
        return None
    try:
        value = float(_word(said) or "")
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def _map(said: list[Flag] | None) -> Mapping[str, Json] | None:
    """Read JSON objects and dotted flags, the later over the earlier."""
    found: dict[str, Json] = {}
    for flag in said or ():
        value = _json(flag.values[0]) if flag.values else None
        _, dot, key = flag.name.partition(".")
        if dot:
            _put(found, key.split("."), value)
        elif isinstance(value, dict):
            found.update(value)
    return found or None


def _put(into: dict[str, Json], keys: list[str], value: Json) -> None:
    for key in keys[:-1][:8]:
        inner = into.get(key)
        if not isinstance(inner, dict):
            inner = into[key] = {}
        into = inner
    into[keys[-1]] = value


def _json(text: str) -> Json:
    """Return a JSON value with nothing in it that policies cannot take; other texts stay texts."""
    try:
        value: object = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return value if _is_json(value) else text


def _is_json(value: object) -> TypeGuard[Json]:
    """Return whether a parsed value is small and flat enough to be judged."""
    stack: list[tuple[object, int]] = [(value, 0)]
    for _ in range(VALUES):
        if not stack:
            return True
        one, depth = stack.pop()
        if depth > DEPTH or (isinstance(one, int | float) and not abs(one) < 2**63):
            return False
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        stack.extend((below, depth + 1) for below in inner)
    return False


def _runtime_loading(engine: Engine, flags: tuple[Flag, ...], environment: Environment) -> tuple[str, ...]:
    found = []
    for name, pattern in engine.runtime_environment.items():
        value = environment.known.get(name)
        if value is not None and pattern.fullmatch(value):
            found.append(f"{name}={value[:200]}")
        elif name in environment.unknown:
            found.append(name)
    for flag in flags:
        pattern_of_flag = engine.runtime_flags.get(flag.name)
        value = flag.values[0] if flag.values else "true"
        if pattern_of_flag is not None and value.lower() not in _NO and pattern_of_flag.fullmatch(value):
            found.append(f"--{flag.name}")
    if engine.always_loads is not None:
        found.append(engine.always_loads)
    return tuple(dict.fromkeys(found))


def _code_loading(engine: Engine, flags: tuple[Flag, ...], environment: Environment) -> tuple[str, ...]:
    found = [name for name in engine.code_environment if environment.known.get(name) or name in environment.unknown]
    found.extend(f"--{flag.name}" for flag in flags if flag.name in engine.code_flags)
    return tuple(dict.fromkeys(found))
