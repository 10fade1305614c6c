"""
Configuration files that are neither YAML nor JSON: Java properties, INI, protobuf text.

Each reader takes a text and gives a map, or `None` for a text it cannot read. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from weighbridge.workloads.documents import document, list_or_map
from weighbridge.workloads.reading import at, text

TOKENS = 50_000
"""Words and signs that are read of one protobuf text."""
LEVELS = 40
"""Levels of a protobuf text that are read."""
LINES = 5_000
"""Lines that are read of one file."""

_PROPERTY = re.compile(r"[ \t\f]*([^\s=:#!][^\s=:]*)[ \t\f]*[=: \t\f][ \t\f]*(.*)")
_SECTION = re.compile(r"\[([^\[\]]{1,300})\]")
_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_][\w./]*|[-+]?[0-9.][\w.+-]*|[{}<>\[\]:,;/])|(.)""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def properties(content: str) -> Mapping[str, object] | None:
    r"""Read `key=value` lines; a line that ends in a backslash goes on in the next (`java.util.Properties`)."""
    found: dict[str, object] = {}
    for line in content.replace("\\\r\n", "").replace("\\\n", "").splitlines()[:LINES]:
        pair = _PROPERTY.fullmatch(line)
        if pair is not None:
            found[pair.group(1)] = pair.group(2).strip()
    return found


def sections(content: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the sections of an INI file, the lines above the first one under an empty name."""
    name, keys = "", dict[str, str]()
    for raw in content.splitlines()[:LINES]:
        line = raw.strip()
        head = _SECTION.fullmatch(line)
        if head is not None:
            yield name, keys
            name, keys = head.group(1).strip(), {}
        elif line and line[0] not in ";#":
            key, _, value = line.partition("=")
            keys[key.strip()] = value.strip()
    yield name, keys


@dataclass(slots=True)
class _Proto:
    """A protobuf text while it is read: messages that are open, and the field whose value comes next."""

    stack: list[tuple[dict[str, object], str | None]] = field(default_factory=lambda: [({}, None)])
    key: str | None = None
    is_list: bool = False
    extension: list[str] | None = None

    def take(self, token: str) -> bool:
        """Take one token; `False` when it cannot stand here."""
        if self.extension is not None:
            if token == "]":  # noqa: S105  # the end of a name
                self.key, self.extension = "".join(self.extension), None
            else:
                self.extension.append(token)
            return True
        match token:
            case "{" | "<":
                return self._open()
            case "}" | ">":
                return self._close()
            case "[":
                self.is_list, self.extension = self.key is not None, None if self.key is not None else []
            case "]":
                self.is_list, self.key = False, None
            case ":" | "," | ";" | "/":
                pass
            case _ if self.key is None:
                self.key = token
            case _:
                self._put(_scalar(token))
        return True

    def _open(self) -> bool:
        if self.key is None or len(self.stack) > LEVELS:
            return False
        inner: dict[str, object] = {}
        listed = self.key if self.is_list else None
        self._put(inner)
        self.stack.append((inner, listed))
        self.key, self.is_list = None, False
        return True

    def _close(self) -> bool:
        if len(self.stack) < 2 or self.key is not None:
            return False
        self.key = self.stack.pop()[1]
        self.is_list = self.key is not None
        return True

    def _put(self, value: object) -> None:
        into, key = self.stack[-1][0], self.key or ""
        if key not in into:
            into[key] = value
        elif isinstance(known := into[key], list):
            known.append(value)
        else:
            into[key] = [known, value]
        self.key = key if self.is_list else None


def _scalar(token: str) -> str:
    return _ESCAPED.sub(r"\1", token[1:-1]) if token[0] in "\"'" else token


def proto(content: str) -> Mapping[str, object] | None:
    """Read protobuf text (https://protobuf.dev/reference/protobuf/textformat-spec); a field that repeats is a list."""
    reading = _Proto()
    for count, found in enumerate(_TOKEN.finditer(content)):
        token, stray = found.groups()
        if stray is not None or count > TOKENS or (token is not None and not reading.take(token)):
            return None
    return reading.stack[0][0] if len(reading.stack) == 1 else None


def parameters(content: str) -> Mapping[str, object] | None:
    """Read `parameters { key: … value { string_value: … } }` of a `config.pbtxt`, beside its plain fields."""
    message = proto(content)
    if message is None:
        return None
    stated = message.get("parameters")
    found = {key: value for key, value in message.items() if isinstance(value, str)}
    for one in stated if isinstance(stated, list) else [stated]:
        key, value = text(at(one, "key")), text(at(one, "value", "string_value"))
        if key and value:
            found[key] = value
    return found


def adapters(content: str) -> Mapping[str, object] | None:
    """Read a map of names to adapters, as the vLLM backend of Triton takes them in `multi_lora.json`."""
    found = document(content)
    return None if found is None else {"lora-modules": [one for one in map(text, found.values()) if one]}


def preloaded(content: str) -> Mapping[str, object] | None:
    """Read a list of models that LocalAI installs when it starts."""
    found = list_or_map(content)
    return {"preload-models": found} if isinstance(found, list) else None


FORMATS: Mapping[str, Callable[[str], Mapping[str, object] | None]] = {
    "yaml": document,
    "properties": properties,
    "proto": proto,
    "parameters": parameters,
    "adapters": adapters,
    "preloaded": preloaded,
}
"""By the name that engine tables use."""
