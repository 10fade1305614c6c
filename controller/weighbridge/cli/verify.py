"""`weighbridge verify`: one signature against a folder or a model, step by step."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.building import sources_of
from weighbridge.cli.options import add_sources
from weighbridge.cli.options import sources_of as settings_from
from weighbridge.cli.signed_folder import present_in, weights_in
from weighbridge.errors import OperatorError, UserError
from weighbridge.gathering.comparing import compared
from weighbridge.gathering.signed import OLDER_SIGNATURES
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.provenance import Compared, Manifest, Refused, Signer, Verified
from weighbridge.model.refs import ModelRef
from weighbridge.provenance import (
    LARGEST_BUNDLE,
    Trust,
    certificate_trust,
    compare,
    key_trust,
    keyless_trust,
    read_manifest,
    verify,
)
from weighbridge.provenance.binding import Content, is_about
from weighbridge.reports.verification import VERIFY_FORMATS, Verification, step_of
from weighbridge.sources.interface import source_of

_TRUST_BYTES = 1 << 20
_PATTERN = re.compile(r"\^.*[^\\]\$", re.DOTALL)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check a signature against a folder or a model",
        description="Checks one signature or attestation, says at which step it fails, and compares the signed files with those there are.",
        epilog="exit codes: 0 verified, 1 not verified, 2 usage, 3 a hub did not answer",
    )
    parser.add_argument("subject", metavar="DIR|MODEL", help="a folder, a file, or a model: ORG/NAME[@REVISION]")
    parser.add_argument(
        "--signature", type=Path, required=True, metavar="FILE", help="the signature: model.sig, a Sigstore bundle"
    )
    _add_trust(parser)
    add_sources(parser)
    parser.add_argument("--output", choices=tuple(VERIFY_FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def _add_trust(parser: argparse.ArgumentParser) -> None:
    trust = parser.add_mutually_exclusive_group(required=True)
    trust.add_argument(
        "--trusted-root", type=Path, metavar="FILE", help="trusted_root.json of a Sigstore instance (keyless)"
    )
    trust.add_argument(
        "--certificate-authority",
        type=Path,
        metavar="FILE",
        help="PEM certificates of the authorities that issue signing certificates",
    )
    trust.add_argument("--key", type=Path, metavar="FILE", help="PEM public key")
    parser.add_argument(
        "--identity", metavar="SUBJECT", help="who must have signed: a subject, or a pattern from ^ to $"
    )
    parser.add_argument("--issuer", metavar="URL", help="who must vouch for the identity")
    parser.add_argument(
        "--timestamp-authority",
        type=Path,
        metavar="FILE",
        help="PEM chain of an RFC 3161 authority, its signing certificate first",
    )
    parser.add_argument(
        "--tolerate-authority-leaf",
        action="store_true",
        help="accept a signing certificate that calls itself an authority, as some publishers use",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check, print, and return the exit code."""
    if (arguments.identity is None) != (arguments.issuer is None):
        raise UserError("--identity and --issuer go together: without an issuer anybody may claim the identity")
    if arguments.key is not None and arguments.identity is not None:
        raise UserError("--key: a key has no identity. Fix: leave out --identity and --issuer")
    now = datetime.now(UTC)
    outcome = asyncio.run(_checked(arguments, _trust(arguments, now), now))
    sys.stdout.write(VERIFY_FORMATS[arguments.output](outcome))
    return 0 if outcome.verified else 1


def _trust(arguments: argparse.Namespace, now: datetime) -> Trust:
    stamps = _bytes(arguments.timestamp_authority) if arguments.timestamp_authority is not None else None
    if arguments.trusted_root is not None:
        return keyless_trust(_bytes(arguments.trusted_root), now)
    if arguments.key is not None:
        return key_trust(_bytes(arguments.key), now, stamps)
    tolerate = bool(arguments.tolerate_authority_leaf)
    return certificate_trust(_bytes(arguments.certificate_authority), now, stamps, tolerate_authority_leaf=tolerate)


def _bytes(path: Path, limit: int = _TRUST_BYTES) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise UserError(f"{path}: larger than {limit >> 20} MiB")
    return content


async def _checked(arguments: argparse.Namespace, trust: Trust, now: datetime) -> Verification:
    subject, place = str(arguments.subject), str(arguments.signature)
    # One byte more than a bundle may have, so that verifying says so.
    raw = _bytes(arguments.signature, 2 * LARGEST_BUNDLE)
    proof = await asyncio.to_thread(verify, raw, trust, now)
    begun = Verification(subject, place, None, None, None, "not reached", method=trust.method)
    if isinstance(proof, Refused):
        return replace(begun, failed_at=step_of(proof.code), because=proof.detail, code=proof.code)
    identity, differs = _identity(arguments, proof.signer)
    signed = replace(
        begun,
        identity=identity,
        signer=proof.signer,
        signed_at=proof.signed_at,
        predicate_type=proof.statement.predicate_type,
    )
    if differs is not None:
        return replace(signed, failed_at="identity", because=differs, code="identity")
    listed = proof.statement.predicate_type.startswith(OLDER_SIGNATURES)
    manifest = read_manifest(proof.statement) if listed else None
    if isinstance(manifest, Refused):
        return replace(signed, failed_at="statement", because=manifest.detail, code=manifest.code)
    files, why = await _content(arguments, proof, manifest)
    compared_with = replace(signed, files=files, notes=_notes(files))
    return compared_with if why is None else replace(compared_with, failed_at="content", because=why, code="content")


def _identity(arguments: argparse.Namespace, signer: Signer) -> tuple[str, str | None]:
    if arguments.identity is None:
        return "not asked", None
    who = ", ".join(signer.subjects) or signer.subject_name or "nobody"
    if signer.issuer != arguments.issuer:
        return "other", f"the issuer is {signer.issuer}, expected {arguments.issuer}"
    subjects = signer.subjects or ((signer.subject_name,) if signer.subject_name else ())
    if _PATTERN.fullmatch(arguments.identity):
        try:
            matches = any(re.fullmatch(arguments.identity, one) for one in subjects)
        except re.error as error:
            raise UserError(f"--identity {arguments.identity!r}: no regular expression: {error}") from None
    else:
        matches = arguments.identity in subjects
    return ("expected", None) if matches else ("other", f"signed by {who}, expected {arguments.identity}")


async def _content(
    arguments: argparse.Namespace, proof: Verified, manifest: Manifest | None
) -> tuple[Compared | None, str | None]:
    """Return the comparison with the files there are, and why they are not those that were signed."""
    found = await asyncio.to_thread(_of_folder, Path(arguments.subject), arguments.signature, proof, manifest)
    return found if found is not None else await _of_model(arguments, proof, manifest)


def _of_folder(
    folder: Path, signature: Path, proof: Verified, manifest: Manifest | None
) -> tuple[Compared | None, str | None] | None:
    """Compare with a folder or a file; `None` when there is none."""
    if not folder.exists():
        return None
    if manifest is None:
        content = Content(None, None, None, weights_in(folder))
        about = is_about(proof.statement, content)
        return None, None if about else "the statement is not about the weights in this folder"
    result = compare(manifest, present_in(folder, manifest), _apart(folder, signature))
    return result, _why(result)


def _apart(folder: Path, signature: Path) -> frozenset[str]:
    """Return the signature's own path where it lies in the folder."""
    inside = signature.resolve()
    root = folder.resolve()
    return (
        frozenset({inside.relative_to(root).as_posix()})
        if inside.is_relative_to(root) and root.is_dir()
        else frozenset()
    )


async def _of_model(
    arguments: argparse.Namespace, proof: Verified, manifest: Manifest | None
) -> tuple[Compared | None, str | None]:
    text = arguments.subject if "://" in arguments.subject else f"hf://{arguments.subject}"
    ref = ModelRef.parse(text)
    settings = settings_from(arguments)
    async with sources_of(settings) as sources:
        source = source_of(sources, ref.scheme, ref.repository)
        if isinstance(source, Unknown) and source.because == "no_source":
            raise UserError(
                f"{arguments.subject}: neither a folder nor a model that can be read, expected DIR or ORG/NAME[@REVISION]"
            )
        if isinstance(source, Unknown):
            raise OperatorError(source.detail)
        resolved = await source.resolve(ref.repository, ref.revision)
        match resolved:
            case Found(value=now):
                pass
            case Missing(looked_at=looked_at):
                raise UserError(f"{arguments.subject}: neither a folder nor a model: no {looked_at}")
            case Unknown(detail=detail):
                raise OperatorError(detail)
        if manifest is None:
            about = is_about(proof.statement, Content(now.commit, now.digest, None, frozenset()))
            return None, None if about else "the statement is not about this commit"
        at = now.commit or now.digest or ""
        outcome = await compared(source, ref.repository, at, manifest, frozenset({arguments.signature.name}))
    match outcome:
        case Found(value=Compared() as result):
            return result, _why(result)
        case Found(value=Unreadable(unreadable=why)):
            return None, why
        case Unknown(detail=detail):
            raise OperatorError(detail)
        case _:
            return None, "the repository lists no files"


def _why(result: Compared) -> str | None:
    """Return why the files are not exactly those that were signed."""
    for name, says in (
        ("changed", "changed since they were signed"),
        ("missing", "signed and not there"),
        ("unsigned", "there and not signed"),
    ):
        paths: tuple[str, ...] = getattr(result, name)
        if paths:
            return f"{len(paths)} {'file is' if len(paths) == 1 else 'files are'} {says}: {paths[0]}"
    if not result.comparable:
        return result.why_not
    return None if result.signed else "no file that was signed is there"


def _notes(result: Compared | None) -> tuple[str, ...]:
    if result is None:
        return ()
    notes = [f"the signer left out {entry}" for entry in result.dangerous_ignores]
    return (*notes, "the signer followed symbolic links") if result.allow_symlinks else tuple(notes)
