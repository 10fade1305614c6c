# syntax=docker/dockerfile:1
# One image for both containers of the chart: the controller, and OPA as its sidecar.
# Base images are named by tag; pass a digest you have fetched yourself, for instance --build-arg PYTHON_DIGEST=@sha256:...
ARG GO_TAG=1.26-bookworm
ARG GO_DIGEST=
ARG PYTHON_TAG=3.13-slim-bookworm
ARG PYTHON_DIGEST=

FROM golang:${GO_TAG}${GO_DIGEST} AS tools
WORKDIR /src
COPY tools/ tools/
RUN WEIGHBRIDGE_TOOLS=/out tools/build.sh opa

FROM python:${PYTHON_TAG}${PYTHON_DIGEST} AS install
WORKDIR /src
COPY requirements.lock ./
COPY tools/ tools/
COPY policies/ policies/
COPY controller/ controller/
RUN tools/install.sh /opt/weighbridge

FROM python:${PYTHON_TAG}${PYTHON_DIGEST}
LABEL org.opencontainers.image.title="weighbridge" \
      org.opencontainers.image.description="Weighs models at the gate: admission control for inference workloads" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=tools /out/opa /usr/local/bin/opa
COPY --from=install /opt/weighbridge /opt/weighbridge
COPY LICENSE /usr/share/doc/weighbridge/LICENSE
# Nothing is written at run time but below /run/weighbridge and /tmp, which the chart mounts: the root file system stays read-only.
ENV PATH=/opt/weighbridge/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
EXPOSE 9443
ENTRYPOINT ["weighbridge"]
CMD ["serve"]
