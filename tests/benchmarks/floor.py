"""The floor: the least a webhook can do. It parses the AdmissionReview and answers "allowed"."""

from __future__ import annotations

import sys

import msgspec
import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI(openapi_url=None)


@app.post("/validate/enforce")
async def allowed(request: Request) -> Response:
    review = msgspec.json.decode(await request.body())
    response = {"uid": review["request"]["uid"], "allowed": True}
    body = msgspec.json.encode({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
    return Response(body, media_type="application/json")


if __name__ == "__main__":
    port, certificate, key = sys.argv[1:]
    uvicorn.run(app, host="127.0.0.1", port=int(port), ssl_certfile=certificate, ssl_keyfile=key, log_level="error")
