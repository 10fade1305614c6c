"""
The HTTP face of a Sigstore instance, for the genuine clients: OpenID configuration, Fulcio, Rekor 1 and 2, timestamps.

A thread, not a coroutine, because the clients block.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulators.sigstore.encoding import canonical, pem, rfc3339, sha256
from tests.simulators.sigstore.instance import Sigstore, dsse_body, hashedrekord_body

CLAIMS = {"repository": "12", "sha": "13", "ref": "14", "runner_environment": "11", "event_name": "20"}
"""Claims of a workflow's token, and the extension that each becomes."""
TOKEN_LIFE = 600
TREE = "24296fb24b8ad77a"


class Front:
    """`with Front(instance) as front:` serves until the block ends."""

    def __init__(self, instance: Sigstore) -> None:
        self.instance = instance
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(instance, self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def trust_config(self, rekor: int = 1) -> dict[str, Any]:
        """Return what clients need to sign here; Rekor 1 gives the time itself, with Rekor 2 a timestamp does."""

        def service(path: str = "", version: int = 1) -> list[dict[str, Any]]:
            span = {"start": rfc3339(self.instance.start)}
            return [
                {"url": self.url + path, "majorApiVersion": version, "operator": self.instance.name, "validFor": span}
            ]

        return {
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.instance.trusted_root(),
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": service(),
                "oidcUrls": service(),
                "rekorTlogUrls": service(version=rekor),
                "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": service("/api/v1/timestamp") if rekor == 2 else [],
                "tsaConfig": {"selector": "ANY"},
            },
        }

    def token(self, **claims: Any) -> str:
        """Return a token of this instance's own identity provider; clients hand it on without verifying it."""
        now = int(datetime.now(UTC).timestamp())
        whole = {"aud": "sigstore", "iss": self.url, "iat": now, "exp": now + TOKEN_LIFE, **claims}
        return jwt.encode(whole, "0" * 32, "HS256")


def _handler(instance: Sigstore, front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            endpoints = {"authorization_endpoint": f"{front.url}/auth", "token_endpoint": f"{front.url}/token"}
            found = self.path.endswith("/.well-known/openid-configuration")
            self._answer(200 if found else 404, canonical(endpoints if found else {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            match self.path:
                case "/api/v2/signingCert":
                    self._answer(200, canonical(certify(instance, json.loads(body), token)))
                case "/api/v1/log/entries":
                    self._answer(201, canonical(log_entry(instance, json.loads(body))))
                case "/api/v2/log/entries":
                    self._answer(201, canonical(record(instance, json.loads(body))))
                case "/api/v1/timestamp":
                    stamp = instance.timestamps.respond(body, datetime.now(UTC).replace(microsecond=0))
                    self._answer(200, stamp, "application/timestamp-reply")
                case _:
                    self._answer(404, b"{}")

        def _answer(self, code: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def certify(instance: Sigstore, request: Mapping[str, Any], token: str) -> dict[str, Any]:
    """Issue a certificate for the key of a signing request and the identity in a token, as Fulcio does."""
    claims = jwt.decode(token, options={"verify_signature": False})
    wanted = x509.load_pem_x509_csr(base64.b64decode(request["certificateSigningRequest"]))
    key = wanted.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    extra = {arc: str(claims[name]) for name, arc in CLAIMS.items() if name in claims}
    if "12" in extra:
        extra["12"] = f"https://github.com/{extra['12']}"
    identity = claims.get("email") or claims.get("job_workflow_ref") or claims["sub"]
    now = datetime.now(UTC).replace(microsecond=0)
    leaf = instance.authority.issue(key, identity, claims["iss"], now, claims=extra)
    chain = [pem(one).decode() for one in (leaf, *instance.authority.chain)]
    return {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}


def log_entry(instance: Sigstore, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take in what a client of Rekor 1 proposes, and answer in the form of its API: hexadecimal, one entry by its identifier."""
    body = canonical(request)
    if request["kind"] == "dsse":
        proposed = request["spec"]["proposedContent"]
        sent = json.loads(proposed["envelope"])
        body = dsse_body(
            base64.b64decode(sent["payload"]),
            base64.b64decode(sent["signatures"][0]["sig"]),
            base64.b64decode(proposed["verifiers"][0]),
            sent,
        )
    now = int(datetime.now(UTC).timestamp())
    entry = instance.rekor1.add(body, request["kind"], "0.0.1", now)
    proof = entry["inclusionProof"]
    return {
        TREE + sha256(body).hex(): {
            "body": entry["canonicalizedBody"],
            "integratedTime": now,
            "logID": _hex(entry["logId"]["keyId"]),
            "logIndex": int(entry["logIndex"]),
            "verification": {
                "signedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
                "inclusionProof": {
                    "logIndex": int(proof["logIndex"]),
                    "treeSize": int(proof["treeSize"]),
                    "rootHash": _hex(proof["rootHash"]),
                    "hashes": [_hex(one) for one in proof["hashes"]],
                    "checkpoint": proof["checkpoint"]["envelope"],
                },
            },
        }
    }


def record(instance: Sigstore, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take in what a client of Rekor 2 sends, and answer with the entry as bundles hold it."""
    sent = request["hashedRekordRequestV002"]
    signature = sent["signature"]
    body = hashedrekord_body(
        base64.b64decode(sent["digest"]),
        base64.b64decode(signature["content"]),
        base64.b64decode(signature["verifier"]["x509Certificate"]["rawBytes"]),
    )
    return instance.rekor2.add(body, "hashedrekord", "0.0.2")


def _hex(text: str) -> str:
    return base64.b64decode(text).hex()
