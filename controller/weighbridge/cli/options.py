"""Options that several commands share."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

from weighbridge.errors import UserError
from weighbridge.model.site import Profile
from weighbridge.settings import DEFAULT_HUB, EngineChoice, Settings

_LONGEST_ADDRESS = 4_096
_LABEL = re.compile(r"[A-Za-z0-9._/-]+=[A-Za-z0-9._-]*")


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Add what says how to judge: policies, site, sources, engine."""
    add_site(parser)
    add_sources(parser)
    add_store(parser)
    add_packs(parser)
    add_engine(parser)


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add `--site`."""
    parser.add_argument("--site", type=Path, metavar="DIR", help="folder with ModelPolicy and other site objects")


def add_policies(parser: argparse.ArgumentParser) -> None:
    """Add `--policies`."""
    parser.add_argument("--policies", type=Path, metavar="DIR", help="policy folder (default: the shipped one)")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add `--engine`."""
    parser.add_argument(
        "--engine",
        choices=get_args(EngineChoice),
        default="auto",
        help="who evaluates the policies: a real opa, the embedded preview, or opa where there is one (default: auto)",
    )


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Add where models come from, and the policies whose tables say how to read them."""
    add_policies(parser)
    parser.add_argument(
        "--hub", metavar="URL|DIR", help=f"model hub or mirror, or a folder in hub layout (default: {DEFAULT_HUB})"
    )
    parser.add_argument("--hub-token-file", type=Path, metavar="FILE", help="file with a hub token")
    parser.add_argument(
        "--attestations", metavar="URL|DIR", help="store of attestations about models, asked beside their repositories"
    )
    parser.add_argument(
        "--registry",
        action="append",
        default=[],
        metavar="HOST",
        help="registry that may be asked, such as ghcr.io, or http://HOST:PORT for one without encryption; may be repeated",
    )
    parser.add_argument(
        "--registry-config-file", type=Path, metavar="FILE", help="Docker's config.json with logins for registries"
    )
    parser.add_argument(
        "--hub-plain",
        action="store_true",
        help="the hub is a plain mirror (Artifactory, Nexus): it may name no commits, so models must be pinned",
    )
    parser.add_argument(
        "--object-store",
        action="append",
        default=[],
        metavar="URL",
        help="bucket or web server that may be asked: s3://BUCKET[?endpoint=URL], gs://BUCKET, https://HOST/PATH (repeat for more)",
    )
    parser.add_argument("--offline", action="store_true", help="ask no host: what a folder does not hold is unknown")


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add where evidence is kept."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store",
        default="",
        metavar="PATH|URL",
        help="where evidence is kept for later: a SQLite file, or redis://HOST:PORT/DATABASE (default: nowhere)",
    )
    where.add_argument(
        "--store-file",
        type=Path,
        metavar="FILE",
        help="file that holds the address of the store, where that has a password",
    )


def store_address(arguments: argparse.Namespace) -> str:
    """Return what --store or --store-file says; empty where neither is given. Raises `UserError`."""
    if arguments.store_file is None:
        return str(arguments.store)
    file: Path = arguments.store_file
    try:
        with file.open(encoding="utf-8") as opened:
            address = opened.read(_LONGEST_ADDRESS).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"--store-file {file}: cannot be read: {error}") from error
    if not address:
        raise UserError(f"--store-file {file}: holds no address, expected redis://HOST:PORT/DATABASE")
    return address


def add_packs(parser: argparse.ArgumentParser) -> None:
    """Add `--packs`."""
    parser.add_argument("--packs", type=Path, metavar="DIR", help="folder of packs, read before anybody is asked")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add `--profile`."""
    parser.add_argument(
        "--profile", choices=get_args(Profile), help="judge every namespace with this profile, in stage enforce"
    )


def sources_of(arguments: argparse.Namespace) -> Settings:
    """Make settings of where models come from."""
    return Settings(
        policies=arguments.policies,
        hub=arguments.hub or DEFAULT_HUB,
        hub_token_file=arguments.hub_token_file,
        hub_plain=arguments.hub_plain,
        object_stores=tuple(arguments.object_store),
        registries=tuple(arguments.registry),
        registry_config_file=arguments.registry_config_file,
        packs=getattr(arguments, "packs", None),
        offline=arguments.offline,
        attestations=arguments.attestations,
        store=store_address(arguments) if "store" in arguments else "",
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Make settings of the shared options; a namespace without policy is in stage enforce unless there is a site."""
    return replace(
        sources_of(arguments),
        site=arguments.site,
        fallback_stage="audit" if arguments.site else "enforce",
        profile=arguments.profile,
        engine=arguments.engine,
    )


def labels_of(text: str) -> dict[str, str]:
    """Read `key=value,key=value`. Raises `UserError`."""
    pairs = [pair for pair in text.split(",") if pair]
    for pair in pairs:
        if not _LABEL.fullmatch(pair):
            raise UserError(f"--namespace-labels: got {pair!r}, expected key=value,key=value")
    return dict(pair.split("=", 1) for pair in pairs)
