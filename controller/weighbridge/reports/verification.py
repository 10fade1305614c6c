"""What became of checking one signature: for people, step by step, and as JSON (DESIGN §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from weighbridge.model.provenance import Compared, RefusalCode, Signer
from weighbridge.model.text import printable
from weighbridge.reports.json import encoded

VERSION = 1
STEPS = ("bundle", "signature", "statement", "identity", "content")
"""What is checked, in order; the first that fails ends it."""
_SAYS = {
    "bundle": "the file is a signature bundle",
    "signature": "the signature holds under what is trusted",
    "statement": "what is signed can be read",
    "identity": "the signer is the one that is expected",
    "content": "the files are those that were signed",
}
_AT_BUNDLE: frozenset[RefusalCode] = frozenset(
    {"too_large", "malformed_bundle", "unsupported_bundle", "unsupported_entry", "signature_count"}
)
_AT_STATEMENT: frozenset[RefusalCode] = frozenset(
    {"payload_type", "malformed_statement", "unsupported_predicate", "malformed_manifest"}
)
_SHOWN = 20
"""Files named of one kind at the terminal."""


def step_of(code: RefusalCode) -> str:
    """Return the step at which a refusal ends the check."""
    return "bundle" if code in _AT_BUNDLE else "statement" if code in _AT_STATEMENT else "signature"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of one check."""

    subject: str
    signature: str
    failed_at: str | None
    """One of `STEPS`; `None` when everything holds."""
    because: str | None
    code: str | None
    identity: str
    """`expected`, `other`, `not asked`, or `not reached`."""
    signer: Signer | None = None
    method: str | None = None
    signed_at: int | None = None
    """Unix time in seconds."""
    predicate_type: str | None = None
    files: Compared | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def verified(self) -> bool:
        """Whether every step holds."""
        return self.failed_at is None


def as_json(one: Verification) -> str:
    """Return the check as JSON."""
    return encoded(
        {
            "version": VERSION,
            "verified": one.verified,
            "because": one.because,
            "code": one.code,
            "failed_at": one.failed_at,
            "method": one.method,
            "identity": one.identity,
            "signer": _signer(one.signer),
            "signed_at": _moment(one.signed_at),
            "predicate_type": one.predicate_type,
            "files": _files(one.files),
            "notes": list(one.notes),
        }
    )


def _signer(signer: Signer | None) -> Mapping[str, object] | None:
    if signer is None:
        return None
    return {
        "subjects": list(signer.subjects),
        "subject_name": signer.subject_name,
        "issuer": signer.issuer,
        "sha256": signer.sha256,
        "source_repository": signer.source_repository,
        "source_repository_ref": signer.source_repository_ref,
        "workflow": signer.build_config,
        "build_signer": signer.build_signer,
        "build_trigger": signer.build_trigger,
        "runner": signer.runner_environment,
        "run": signer.run_invocation,
    }


def _files(compared: Compared | None) -> Mapping[str, object] | None:
    if compared is None:
        return None
    return {
        "signed": len(compared.signed),
        "changed": list(compared.changed),
        "missing": list(compared.missing),
        "unsigned": list(compared.unsigned),
        "ignored": list(compared.ignored),
        "undetermined": list(compared.undetermined),
        "dangerous_ignores": list(compared.dangerous_ignores),
        "allow_symlinks": compared.allow_symlinks,
        "card_signed": compared.card_signed,
        "weights_signed": compared.weights_signed,
    }


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_text(one: Verification) -> str:
    """Return the check for people: each step, and at the one that fails why."""
    lines = [
        f"{printable(one.subject)}  signature {printable(one.signature)}  {'VERIFIED' if one.verified else 'NOT VERIFIED'}"
    ]
    for step in STEPS:
        if step == one.failed_at:
            lines.append(f"  fail  {_SAYS[step]}: {printable(one.because or '')}")
            lines += _named_files(one.files)
            break
        asked = step != "identity" or one.identity != "not asked"
        lines.append(f"  ok    {_SAYS[step]}" if asked else "  --    identity: not asked")
    lines += list(_signed_by(one))
    lines += [f"  note  {printable(note)}" for note in one.notes]
    return "\n".join(lines) + "\n"


def _signed_by(one: Verification) -> Iterator[str]:
    if one.signer is None:
        return
    who = ", ".join(one.signer.subjects) or one.signer.subject_name or f"key {one.signer.sha256[:16]}"
    issuer = f" (issuer {printable(one.signer.issuer)})" if one.signer.issuer else ""
    when = _moment(one.signed_at)
    yield f"  by    {printable(who)}{issuer}, method {one.method}, {f'at {when}' if when else 'no proven time'}"
    if one.signer.source_repository:
        yield f"        source {printable(one.signer.source_repository)}, workflow {printable(one.signer.build_config or '-')}"
    if one.files is not None:
        yield f"        {len(one.files.signed)} files signed, {len(one.files.ignored)} ignored by the signer"


def _named_files(compared: Compared | None) -> Iterator[str]:
    if compared is None:
        return
    for name in ("changed", "missing", "unsigned", "undetermined"):
        paths: tuple[str, ...] = getattr(compared, name)
        if paths:
            more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
            yield f"        {name}: {', '.join(printable(path, 200) for path in paths[:_SHOWN])}{more}"


VERIFY_FORMATS: Mapping[str, Callable[[Verification], str]] = {"terminal": as_text, "json": as_json}
