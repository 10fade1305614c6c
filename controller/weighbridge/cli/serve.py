"""`weighbridge serve`: the admission webhook of a cluster."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path

import structlog

from weighbridge.cli.options import add_judging, sources_of
from weighbridge.engine import bundles
from weighbridge.engine.process import write_bundles
from weighbridge.errors import UserError
from weighbridge.settings import EngineChoice, Settings
from weighbridge.telemetry import Metrics, configure_logging
from weighbridge.webhook.door import Limits
from weighbridge.webhook.reach import Cluster
from weighbridge.webhook.running import Deciding, Serving
from weighbridge.webhook.running import run as run_webhook
from weighbridge.webhook.server import Certificate, listen
from weighbridge.wiring import assembled
from weighbridge.workloads import COMPANIONS, INTERCEPTED

TLS_FOLDER = Path("/etc/weighbridge/tls")
_NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

_log = structlog.get_logger("weighbridge.serve")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help="answer the API server's admission reviews",
        description="Answers the API server's admission reviews over HTTPS, follows the namespaces of the cluster, "
        "and keeps the ValidatingWebhookConfiguration as it should be.",
        epilog="exit codes: 0 stopped by SIGTERM or SIGINT, 2 usage, 3 the surroundings failed",
    )
    add_judging(parser)
    _add_engine(parser)
    _add_server(parser)
    _add_cluster(parser)
    parser.set_defaults(run=run)


def _add_engine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("policy engine")
    group.add_argument(
        "--opa-socket",
        type=Path,
        metavar="PATH",
        help="unix socket of an OPA sidecar (default: OPA is started as a child)",
    )
    group.add_argument(
        "--write-bundle", type=Path, metavar="DIR", help="write the files the OPA sidecar starts with, then exit"
    )
    group.add_argument(
        "--unsafe-preview-engine",
        action="store_true",
        help="permit the embedded preview engine, which nobody should let guard a cluster",
    )


def _add_server(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("server")
    group.add_argument(
        "--host", default="", metavar="ADDRESS", help="address to listen on (default: all of this machine)"
    )
    group.add_argument("--port", type=_port, default=9443, help="(default: 9443; 0 takes a free one)")
    group.add_argument(
        "--tls-cert-file", type=Path, default=TLS_FOLDER / "tls.crt", metavar="FILE", help="(default: %(default)s)"
    )
    group.add_argument(
        "--tls-private-key-file",
        type=Path,
        default=TLS_FOLDER / "tls.key",
        metavar="FILE",
        help="(default: %(default)s)",
    )
    group.add_argument(
        "--at-once", type=_positive, default=64, metavar="N", help="reviews answered at once (default: 64)"
    )
    group.add_argument(
        "--margin", type=float, default=1.0, metavar="SECONDS", help="kept of the API server's timeout (default: 1)"
    )
    group.add_argument(
        "--log-level", choices=("debug", "info", "warning", "error"), default="info", help="(default: info)"
    )


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cluster")
    group.add_argument("--no-cluster", action="store_true", help="ask no API server: namespaces have no labels")
    group.add_argument("--kubeconfig", type=Path, metavar="FILE", help="(default: the Pod's service account)")
    group.add_argument("--own-namespace", metavar="NAME", help="never reviewed (default: the Pod's)")
    group.add_argument("--service", default="weighbridge", metavar="NAME", help="our Service (default: weighbridge)")
    group.add_argument("--service-port", type=_port, default=443, metavar="PORT", help="(default: 443)")
    group.add_argument("--webhook-configuration", default="weighbridge", metavar="NAME", help="(default: weighbridge)")
    group.add_argument("--webhook-url", metavar="URL", help="https://host:port of a webhook outside of the cluster")
    group.add_argument(
        "--read-companions",
        action="store_true",
        help="read the other objects that a workload names (ConfigMaps, serving runtimes, …; never Secrets)",
    )
    group.add_argument("--tls-ca-file", type=Path, metavar="FILE", help="(default: ca.crt beside the certificate)")
    group.add_argument(
        "--exclude-namespace",
        action="append",
        default=[],
        metavar="NAME",
        help="never review this namespace; repeatable",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    configure_logging(arguments.log_level)
    if arguments.write_bundle is not None:
        write_bundles(bundles.load(arguments.policies or bundles.default_folder()), arguments.write_bundle)
        return 0
    settings = _settings(arguments)
    if arguments.no_cluster and arguments.read_companions:
        raise UserError("--read-companions: there is nothing to read with --no-cluster. Fix: leave one of them out")
    cluster = None if arguments.no_cluster else _cluster(arguments)
    certificate = Certificate(arguments.tls_cert_file, arguments.tls_private_key_file)
    certificate.context()
    limits = Limits(at_once=arguments.at_once, margin=arguments.margin)
    asyncio.run(_serve(arguments, settings, certificate, limits, cluster))
    return 0


async def _serve(
    arguments: argparse.Namespace, settings: Settings, certificate: Certificate, limits: Limits, cluster: Cluster | None
) -> None:
    async with assembled(settings) as assembly:
        _log.info("policies loaded", engine=assembly.engine_title, revision=assembly.revision())
        if assembly.preview:
            _log.warning(
                "UNSAFE: a preview engine decides; let it guard nothing that matters", engine=assembly.engine_title
            )
        deciding = Deciding(assembly.reviewer, assembly.ready, assembly.ask_url)
        with listen(arguments.host, arguments.port) as listener:
            await run_webhook(deciding, Serving(listener, certificate, limits), cluster, Metrics())


def _settings(arguments: argparse.Namespace) -> Settings:
    return replace(
        sources_of(arguments),
        site=arguments.site,
        engine=_engine(arguments.engine, preview=arguments.unsafe_preview_engine),
        opa_socket=arguments.opa_socket,
    )


def _engine(asked: EngineChoice, *, preview: bool) -> EngineChoice:
    if asked == "embedded" and not preview:
        raise UserError(
            "--engine embedded: refused by serve, it is a preview. Fix: use opa, or add --unsafe-preview-engine"
        )
    return "opa" if asked == "auto" and not preview else asked


def _cluster(arguments: argparse.Namespace) -> Cluster:
    if arguments.webhook_url is not None and not arguments.webhook_url.startswith("https://"):
        raise UserError(f"--webhook-url: got {arguments.webhook_url!r}, expected https://host:port")
    for name in arguments.exclude_namespace:
        if not _DNS_LABEL.fullmatch(name):
            raise UserError(f"--exclude-namespace: got {name!r}, expected the exact name of a namespace")
    return Cluster(
        kubeconfig=arguments.kubeconfig,
        configuration=arguments.webhook_configuration,
        ca_file=arguments.tls_ca_file or arguments.tls_cert_file.parent / "ca.crt",
        own_namespace=arguments.own_namespace or _own_namespace(),
        service=arguments.service,
        service_port=arguments.service_port,
        url=arguments.webhook_url,
        excluded=frozenset(arguments.exclude_namespace),
        intercepted=INTERCEPTED,
        companions=COMPANIONS if arguments.read_companions else (),
    )


def _own_namespace() -> str:
    stated = os.environ.get("POD_NAMESPACE")
    if stated:
        return stated
    try:
        return _NAMESPACE_FILE.read_text(encoding="utf-8").strip()
    except OSError:
        raise UserError(
            "serve: not in a Pod. Fix: name our namespace with --own-namespace, or use --no-cluster"
        ) from None


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text}: no port")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 or more")
    return number
