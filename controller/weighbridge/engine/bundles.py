"""A policy folder → the bundle that engines load: modules, data with the rule table, a revision that names both."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from weighbridge.engine.folder import Module, modules_and_documents, text_of
from weighbridge.engine.metadata import documents_of, rule_table
from weighbridge.engine.portable import code_only, complaints
from weighbridge.errors import BadPolicies
from weighbridge.model.rules import Rule
from weighbridge.safe_yaml import BadDocument
from weighbridge.safe_yaml import load as load_yaml

ENTRYPOINT = "weighbridge/main/decision"
ROOTS = ("weighbridge", "site")
BIGGEST_INTEGER = 2**53
"""Beyond it, engines that count in floating point answer differently."""

CAPABILITIES = "capabilities.json"
_PACKAGE = Path(__file__).resolve().parent.parent
_MAIN = "weighbridge.main"
_RULE_TABLE = "rule_table"
_READS = re.compile(r"\bdata\.(weighbridge(?:\.[A-Za-z_]\w*)+)")


class _Builtin(msgspec.Struct, frozen=True):
    name: str


class _Capabilities(msgspec.Struct, frozen=True):
    builtins: list[_Builtin]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Policies that can be asked."""

    modules: Mapping[str, str]
    """Path, relative to the policy folder → Rego."""
    documents: Mapping[str, object]
    """`data.weighbridge`."""
    rules: Mapping[str, Rule]
    revision: str
    """`sha256:…` of all that can change an answer; the same on every machine."""

    def write(self, target: Path) -> None:
        """
        Write an OPA bundle (`.tar.gz`).

        Whoever reads the file sees the old bundle or the new one, never a part.
        Raises `BadPolicies` where it cannot be written.
        """
        write_tar(target, {".manifest": _manifest(self.revision), "data.json": self._data(), **_encoded(self.modules)})

    def _data(self) -> bytes:
        return canonical({"weighbridge": self.documents})


def load(folder: Path) -> Bundle:
    """
    Read a policy folder.

    Tests (`_test.rego`), `checks/` and `schemas/` are for authors and are left out.
    Raises `BadPolicies`, with file and line where there is one.
    """
    modules, texts = modules_and_documents(folder)
    if not modules:
        raise BadPolicies(
            f"{folder}: no policies, expected .rego files. Fix: name the folder that holds main/ and rules/"
        )
    if all(module.package != _MAIN for module in modules):
        raise BadPolicies(
            f"{folder}: no package {_MAIN}, expected main/main.rego. Fix: copy it from the built-in policies"
        )
    rules = rule_table(modules)
    documents = {**_documents(texts, modules), _RULE_TABLE: documents_of(rules)}
    _refuse_missing(modules, documents)
    _refuse_calls(folder, modules)
    return bundle_of({module.path: module.text for module in modules}, documents, rules)


def bundle_of(modules: Mapping[str, str], documents: Mapping[str, object], rules: Mapping[str, Rule]) -> Bundle:
    """Put a bundle together and name it by its content."""
    digest = hashlib.sha256()
    for path, text in sorted(modules.items()):
        digest.update(f"{path}\0{hashlib.sha256(text.encode()).hexdigest()}\n".encode())
    digest.update(canonical({"weighbridge": documents}))
    return Bundle(modules, documents, rules, f"sha256:{digest.hexdigest()}")


def default_folder(package: Path = _PACKAGE) -> Path:
    """
    Return the policies that come with weighbridge.

    An installed `package` carries them; in a checkout they stand beside `controller/`.
    """
    packaged = package / "_policies"
    return packaged if packaged.is_dir() else package.parent.parent / "policies"


def canonical(value: object) -> bytes:
    """Return JSON with sorted keys."""
    return msgspec.json.encode(value, order="deterministic")


def write_tar(target: Path, members: Mapping[str, bytes]) -> None:
    """Write a `.tar.gz` at once; equal members give equal bytes. Raises `BadPolicies`."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in sorted(members.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(gzip.compress(raw.getvalue(), compresslevel=6, mtime=0))
        temporary.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        what = (error.strerror or str(error)).lower()
        raise BadPolicies(
            f"{target}: the bundle cannot be written, {what}. Fix: name a file in a writable folder"
        ) from None


def _manifest(revision: str) -> bytes:
    return canonical({"revision": revision, "roots": list(ROOTS), "rego_version": 1})


def _encoded(modules: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in modules.items()}


def _documents(texts: Sequence[tuple[str, str]], modules: Sequence[Module]) -> dict[str, object]:
    taken = {module.package.split(".")[1] for module in modules if module.package.startswith("weighbridge.")}
    documents: dict[str, object] = {}
    for path, text in texts:
        key = PurePosixPath(path).stem
        if key in taken or key in documents or key == _RULE_TABLE:
            raise BadPolicies(f"{path}: data.weighbridge.{key} exists already. Fix: rename the file")
        try:
            documents[key] = load_yaml(text)
        except BadDocument as error:
            raise BadPolicies(f"{path}:{error.line}: {error.why}. Fix: mend its YAML") from None
        problem = _no_json(documents[key], key)
        if problem:
            raise BadPolicies(f"{path}: {problem}. Fix: put it in quotes")
    return documents


def _no_json(value: object, at: str) -> str | None:
    """Return what of a document is no plain JSON; safe_yaml has bounded its depth and size."""
    match value:
        case None | bool() | str():
            return None
        case int():
            return None if abs(value) <= BIGGEST_INTEGER else f"the integer at {at} is beyond ±2^53"
        case float():
            return None if abs(value) < float("inf") else f"the number at {at} is not finite"
        case list():
            found = (_no_json(item, f"{at}[{index}]") for index, item in enumerate(value))
            return next((problem for problem in found if problem), None)
        case dict():
            strange = [key for key in value if not isinstance(key, str)]
            if strange:
                return f"the key {strange[0]!r} at {at} is not text"
            found = (_no_json(item, f"{at}.{key}") for key, item in value.items())
            return next((problem for problem in found if problem), None)
        case _:
            return f"the value at {at} is a {type(value).__name__}, expected JSON"


def _refuse_missing(modules: Sequence[Module], documents: Mapping[str, object]) -> None:
    """A reference to what nobody brings is undefined, and undefined is not allowed: so it is refused here, once."""
    packages = {module.package for module in modules}
    for module in modules:
        for number, line in enumerate(code_only(module.text).split("\n"), 1):
            for path in _READS.findall(line):
                first = path.split(".")[1]
                if first not in documents and not any(_along(path, package) for package in packages):
                    raise BadPolicies(
                        f"{module.path}:{number}: reads data.{path}, which no file brings. "
                        f"Fix: correct the name, or add data/{first}.yaml"
                    )


def _along(path: str, package: str) -> bool:
    """Tell whether a reference leads to, into or through a package."""
    return f"{package}.".startswith(f"{path}.") or path.startswith(f"{package}.")


def _refuse_calls(folder: Path, modules: Sequence[Module]) -> None:
    """A library that lists its built-in functions (`capabilities.json`) uses no others, so that engines agree."""
    listed = capabilities(folder)
    if listed is None:
        return
    for path, line, name in complaints(modules, listed):
        raise BadPolicies(
            f"{path}:{line}: calls {name}, which is neither defined nor in {CAPABILITIES}. "
            "Fix: correct the name, or list it there"
        )


def capabilities(folder: Path) -> frozenset[str] | None:
    """Return the built-in functions that `capabilities.json` lists, `None` without one. Raises `BadPolicies`."""
    path = folder / CAPABILITIES
    if not path.is_file():
        return None
    try:
        names = msgspec.json.decode(text_of(path, CAPABILITIES), type=_Capabilities)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadPolicies(f"{CAPABILITIES}: {str(error).lower()}. Fix: write it as `opa capabilities` does") from None
    return frozenset(builtin.name for builtin in names.builtins)
