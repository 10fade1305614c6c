"""
AdmissionReview v1, as bytes.

Only what a decision may depend on becomes a `Request`; who asks and whether it is a dry run stay outside it, for the log.
No input or output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from weighbridge.answers import Answer
from weighbridge.errors import BadManifest
from weighbridge.model.requests import KubeObject, Namespace, Operation, Request
from weighbridge.model.text import printable

MAX_BODY = 8 << 20
"""Bytes of one review; the API server accepts objects of 3 MiB and sends the old one too."""
MAX_DEPTH = 100
"""Levels of nesting of an object."""
MAX_VALUES = 1_000_000
"""Values in one review, so that eight megabytes of brackets do not become a gigabyte of lists."""
MAX_UID = 256
"""Characters; the API server's own have 36."""

_VERSION, _KIND = "admission.k8s.io/v1", "AdmissionReview"
_REASONS = {403: "Forbidden", 503: "ServiceUnavailable"}


class _User(msgspec.Struct):
    username: str | None = None


class _Asked(msgspec.Struct, rename="camel"):
    uid: str | None = None
    operation: str | None = None
    namespace: str | None = None
    name: str | None = None
    sub_resource: str | None = None
    dry_run: bool | None = None
    user_info: _User | None = None
    judged: dict[str, object] | None = msgspec.field(default=None, name="object")
    old_object: dict[str, object] | None = None


class _Review(msgspec.Struct, rename="camel"):
    api_version: str | None = None
    kind: str | None = None
    request: _Asked | None = None


class _Status(msgspec.Struct, omit_defaults=True):
    code: int
    message: str
    reason: str = ""


class _Told(msgspec.Struct, omit_defaults=True, rename="camel"):
    uid: str
    allowed: bool
    status: _Status | None = None
    warnings: tuple[str, ...] = ()
    audit_annotations: Mapping[str, str] = {}


class _Answered(msgspec.Struct, rename="camel"):
    api_version: str
    kind: str
    response: _Told


_decode = msgspec.json.Decoder(_Review).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the API server."""

    uid: str
    operation: Operation
    namespace: str
    """Empty for cluster-scoped objects."""
    object: KubeObject
    """Of a DELETE, the object as it was."""
    old_object: KubeObject | None
    subresource: str
    name: str
    """As the API server gives it, else the object's own or its `generateName`."""
    kind: str
    user: str
    """For the log only."""
    dry_run: bool
    """For the log only."""

    def request(self, namespace: Namespace) -> Request:
        """Return what a decision may depend on, in a namespace whose labels are known."""
        return Request(
            object=self.object,
            namespace=namespace,
            operation=self.operation,
            old_object=self.old_object,
            subresource=self.subresource,
        )


def read(body: bytes) -> Asked:
    """Read an AdmissionReview. Raises `BadManifest` when the bytes are none."""
    if len(body) > MAX_BODY:
        raise BadManifest(too_large())
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise BadManifest(f"AdmissionReview: more than {MAX_VALUES} values")
    try:
        review = _decode(body)
    except RecursionError:
        raise BadManifest(_too_deep()) from None
    except msgspec.ValidationError as error:
        raise BadManifest(f"AdmissionReview: {_lower(str(error))}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadManifest(f"AdmissionReview: not JSON: {_lower(str(error))}") from None
    if (review.api_version, review.kind) != (_VERSION, _KIND):
        got = f"{printable(str(review.api_version), 60)} {printable(str(review.kind), 60)}"
        raise BadManifest(f"AdmissionReview: expected {_VERSION} {_KIND}, got {got}")
    if review.request is None:
        raise BadManifest("AdmissionReview: no request")
    return _asked(review.request)


def too_large() -> str:
    """Return the sentence for a body that is cut off."""
    return f"AdmissionReview: larger than {MAX_BODY >> 20} MiB"


def write(uid: str, answer: Answer) -> bytes:
    """Write the AdmissionReview that answers `uid`."""
    status = None if answer.allowed else _Status(answer.code, answer.message, _REASONS.get(answer.code, ""))
    told = _Told(uid, answer.allowed, status, answer.warnings, answer.audit_annotations)
    return _encode(_Answered(_VERSION, _KIND, told))


def _asked(request: _Asked) -> Asked:
    if not request.uid or len(request.uid) > MAX_UID:
        raise BadManifest(f"AdmissionReview: request.uid must be a text of 1 to {MAX_UID} characters")
    operation = _operation(request.operation)
    judged = request.old_object if operation == "DELETE" else request.judged
    if judged is None and operation != "DELETE":
        raise BadManifest(f"AdmissionReview: a {operation} without request.object")
    if not _within(request.judged, MAX_DEPTH) or not _within(request.old_object, MAX_DEPTH):
        raise BadManifest(_too_deep())
    judged = judged or {}
    kind = judged.get("kind")
    return Asked(
        uid=request.uid,
        operation=operation,
        namespace=request.namespace or "",
        object=judged,
        old_object=request.old_object,
        subresource=request.sub_resource or "",
        name=request.name or _name(judged),
        kind=kind if isinstance(kind, str) else "",
        user=(request.user_info and request.user_info.username) or "",
        dry_run=request.dry_run or False,
    )


def _operation(stated: str | None) -> Operation:
    match stated:
        case "CREATE" | "UPDATE" | "DELETE" | "CONNECT":
            return stated
        case _:
            raise BadManifest(
                "AdmissionReview: request.operation must be CREATE, UPDATE, DELETE or CONNECT, "
                f"got {printable(str(stated), 40)}"
            )


def _name(obj: KubeObject) -> str:
    metadata = obj.get("metadata")
    if not isinstance(metadata, Mapping):
        return ""
    name = metadata.get("name") or metadata.get("generateName")
    return name if isinstance(name, str) else ""


def _within(value: object, levels: int) -> bool:
    """Return whether a value is nested at most so deep, without recursion."""
    level: list[object] = [value]
    for _ in range(levels + 1):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        if not level:
            return True
    return False


def _too_deep() -> str:
    return f"AdmissionReview: nested deeper than {MAX_DEPTH} levels"


def _lower(text: str) -> str:
    return printable(text[:1].lower() + text[1:], 200)
