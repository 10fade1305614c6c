"""
YAML and JSON from outside, read with limits.

Values stay what the author wrote: dates are strings, a key that stands twice is an error,
and an alias bomb or a bottomless document is refused before anything is built.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import yaml

from weighbridge.errors import UserError

DEPTH = 100
_TOO_DEEP = f"nested deeper than {DEPTH} levels"
NODES = 500_000
"""Nodes a document may have once its aliases are written out."""

_Base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader without dates: a manifest's `2026-12-01` is a string, as in Kubernetes."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # pyyaml's own shape
        first: [(tag, regexp) for tag, regexp in resolvers if tag != _TIMESTAMP]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()  # type: ignore[attr-defined]
    }


class BadDocument(UserError):
    """A text that is no usable YAML or JSON; `line` is where, counted from 1."""

    def __init__(self, line: int, why: str) -> None:
        """Say `why`, a sentence without subject or full stop."""
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a YAML stream."""

    value: object
    line: int
    """Where it starts, counted from 1."""


def load_all(text: str) -> tuple[Document, ...]:
    """
    Read a YAML stream, or one JSON value.

    Empty documents are left out. Raises `BadDocument`.
    """
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = msgspec.json.decode(text.encode())
        except RecursionError:
            raise BadDocument(1, _TOO_DEEP) from None
        except (msgspec.DecodeError, UnicodeEncodeError):
            pass  # flow-style YAML begins the same way
        else:
            if depth(value) > DEPTH:
                raise BadDocument(1, _TOO_DEEP)
            return (Document(value, 1),)
    try:
        return tuple(_documents(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadDocument(mark.line + 1 if mark else 1, _plain(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise BadDocument(line, "a character that YAML does not allow; is this a binary file?") from None
    except (RecursionError, yaml.YAMLError):
        raise BadDocument(1, _TOO_DEEP) from None
    except (ValueError, TypeError, OverflowError) as error:
        raise BadDocument(1, f"a value cannot be read: {error}") from None


def load(text: str) -> object:
    """Read exactly one document; an empty text is `None`. Raises `BadDocument`."""
    documents = load_all(text)
    if len(documents) > 1:
        raise BadDocument(documents[1].line, "a second document begins, expected one")
    return documents[0].value if documents else None


def depth(value: object) -> int:
    """Return how deep lists and mappings are nested in parsed JSON; a scalar is 0."""
    deepest, stack = 0, [(value, 0)]
    while stack:
        one, level = stack.pop()
        deepest = max(deepest, level)
        if isinstance(one, dict):
            stack.extend((child, level + 1) for child in one.values())
        elif isinstance(one, list):
            stack.extend((child, level + 1) for child in one)
    return deepest


def _documents(text: str) -> Iterator[Document]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                continue
            _refuse_bombs(node)
            value = loader.construct_document(node)
            if value is not None:
                yield Document(value, node.start_mark.line + 1)
    finally:
        loader.dispose()


def _refuse_bombs(root: yaml.Node) -> None:
    """Walk the graph once, without recursion; sizes count each alias as a copy."""
    sizes: dict[int, int] = {}
    stack: list[tuple[yaml.Node, int, bool]] = [(root, 1, False)]
    open_nodes: set[int] = set()
    while stack:
        node, depth, leaving = stack.pop()
        line = node.start_mark.line + 1
        children = _children(node)
        if leaving:
            open_nodes.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes.get(id(child), 1) for child in children)
            if sizes[id(node)] > NODES:
                raise BadDocument(line, f"more than {NODES} values once its aliases are written out")
            continue
        if id(node) in open_nodes:
            raise BadDocument(line, "an alias contains itself")
        if id(node) in sizes:
            continue
        if depth > DEPTH:
            raise BadDocument(line, _TOO_DEEP)
        if isinstance(node, yaml.MappingNode):
            _refuse_duplicates(node)
        open_nodes.add(id(node))
        stack.append((node, depth, True))
        stack.extend((child, depth + 1, False) for child in children)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refuse_duplicates(node: yaml.MappingNode) -> None:
    seen: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
            continue
        line = key.start_mark.line + 1
        if (key.tag, key.value) in seen:
            raise BadDocument(line, f"the key {key.value!r} stands twice, first on line {seen[key.tag, key.value]}")
        seen[key.tag, key.value] = line


def _plain(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    if mark is not None and "\t" in "".join(text.split("\n")[mark.line : mark.line + 1])[: mark.column + 1]:
        return "a tab indents the line, YAML wants spaces"
    return f"not YAML: {error.problem or error.context or 'unknown reason'}"
