"""
The webhook's HTTP surface.

`/validate/enforce`, `/validate/observe` and `/validate/cluster` answer AdmissionReviews; HTTP 400 is only for bodies that are none.
`/healthz` says the process lives, `/readyz` that it can decide, `/metrics` how it has been doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import get_args

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from weighbridge.errors import BadManifest, OperatorError
from weighbridge.telemetry import Metrics
from weighbridge.webhook import wire
from weighbridge.webhook.deadline import LONGEST
from weighbridge.webhook.door import DoorName, Doors

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_READY_SECONDS = 5.0
_QUIET: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own spans and exporters stay off: they cost time on the path, and telemetry.py says what there is to say."""

_log = structlog.get_logger("weighbridge.webhook")


def application(
    doors: Doors, ready: Callable[[], Awaitable[None]], metrics: Metrics, body_seconds: float = LONGEST
) -> FastAPI:
    """
    Return the application.

    `ready` raises an `OperatorError` whose text says why no decision can be had now; a body has `body_seconds` to arrive.
    """
    app = FastAPI(title="weighbridge", openapi_url=None, telemetry=_QUIET)
    # Plain routes: the framework's parameter machinery costs more than a look-up of a verdict.
    for door in get_args(DoorName):
        app.router.routes.append(
            Route(f"/validate/{door}", _validate(doors, door, metrics, body_seconds), methods=["POST"])
        )

    @app.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def readyz() -> Response:
        return await _readiness(ready)

    @app.get("/metrics")
    async def figures() -> Response:
        return Response(metrics.text(), media_type=_METRICS_TYPE)

    return app


def _validate(
    doors: Doors, door: DoorName, metrics: Metrics, body_seconds: float
) -> Callable[[Request], Awaitable[Response]]:
    async def validate(request: Request) -> Response:
        try:
            body = await _body(request, body_seconds)
            answered = await doors.answer(door, body, request.query_params.get("timeout"))
        except BadManifest as error:
            metrics.count(door, "bad_request", 0.0)
            _log.warning("not an AdmissionReview", door=door, because=str(error))
            return JSONResponse({"message": str(error)}, status_code=400)
        return Response(answered, media_type="application/json")

    return validate


async def _body(request: Request, seconds: float) -> bytes:
    """Read the body without the framework, and no further than a review may be long."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > wire.MAX_BODY:
                    raise BadManifest(wire.too_large())
                parts.append(part)
    except TimeoutError:
        raise BadManifest(f"AdmissionReview: did not arrive in {seconds:g} s") from None
    except ClientDisconnect:
        raise BadManifest("AdmissionReview: the connection was closed before the end") from None
    return b"".join(parts)


async def _readiness(ready: Callable[[], Awaitable[None]]) -> Response:
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await ready()
    except TimeoutError:
        return PlainTextResponse(f"not ready: no answer in {_READY_SECONDS:g} s\n", status_code=503)
    except OperatorError as error:
        return PlainTextResponse(f"not ready: {error}\n", status_code=503)
    return PlainTextResponse("ready\n")
