"""
What `opa` itself says about a policy folder while it is being written: form, types, the library's checks, and Rego tests.

OPA reads data under the path of its folder, weighbridge below `data.weighbridge`: so it is shown a copy that is laid out its way.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from weighbridge.engine.bundles import Bundle, canonical, default_folder
from weighbridge.engine.folder import text_of
from weighbridge.errors import BadPolicies, EngineError

SECONDS = 300.0
"""How long one run of `opa` may take."""
FILES = 4_000
_CHECKS = "data.weighbridge.checks.refused"


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of `opa` ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything it wrote that is not blank."""
        return tuple(line.strip() for line in f"{self.out}\n{self.err}".split("\n") if line.strip())


def laid_out(folder: Path, bundle: Bundle, target: Path) -> None:
    """Copy the modules of `folder` with their tests to `target`, beside the bundle's data. Raises `BadPolicies`."""
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.rego") if path.is_file())
    if len(paths) > FILES:
        raise BadPolicies(f"{folder}: more than {FILES} .rego files. Fix: keep other files out of it")
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text_of(folder / path, path.as_posix()), encoding="utf-8")
    (target / "data.json").write_bytes(canonical({"weighbridge": bundle.documents}))


def tests(opa: Path, laid: Path, only: str | None) -> Said:
    """Run the Rego tests, all or those whose name matches the pattern `only`. Raises `EngineError`."""
    chosen = ("--run", only) if only else ()
    return _run(opa, "test", "--timeout", "120s", "--fail-on-empty", *chosen, ".", cwd=laid)


def complaints(opa: Path, folder: Path, laid: Path) -> Iterator[str]:
    """Yield what is wrong with a folder and its laid-out copy, one sentence each. Raises `EngineError`."""
    for path in _run(opa, "fmt", "--list", ".", cwd=laid).out.split():
        yield f"{path}: not formatted. Fix: opa fmt --write {path}"
    schema, listed = folder / "schemas" / "input.json", folder / "capabilities.json"
    schemas = ("--schema", str(schema.resolve())) if schema.is_file() else ()
    capabilities = ("--capabilities", str(listed.resolve())) if listed.is_file() else ()
    checked = _run(opa, "check", "--strict", *schemas, *capabilities, ".", cwd=laid)
    if checked.code:
        yield from (line for line in checked.lines if not line.endswith("errors occurred:"))
        return
    inspected = _run(opa, "inspect", "--annotations", "--format", "json", ".", cwd=laid)
    checks = folder / "checks" if (folder / "checks").is_dir() else default_folder() / "checks"
    asked = ("eval", "--data", str(checks.resolve()), "--format", "raw", "--stdin-input", _CHECKS)
    said = _run(opa, *asked, cwd=laid, stdin=inspected.out)
    if inspected.code or said.code:
        raise EngineError(
            f"opa: the checks could not be asked, {' '.join((inspected if inspected.code else said).lines)[:400]}"
        )
    yield from msgspec.json.decode(said.out, type=list[str])


def _run(opa: Path, *arguments: str, cwd: Path, stdin: str = "") -> Said:
    try:
        done = subprocess.run(  # noqa: S603  # the program that find_opa names
            [opa, *arguments], capture_output=True, check=False, cwd=cwd, input=stdin, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"opa {arguments[0]}: not done within {SECONDS:g} s. Fix: simplify the policies") from None
    except OSError as error:
        raise EngineError(f"{opa}: cannot be run, {(error.strerror or str(error)).lower()}. Fix: install OPA") from None
    return Said(done.returncode, done.stdout, done.stderr)
