#!/bin/sh
# Installs what the tests need of Debian's packages and does not find: a browser, and a Redis or Valkey server.
# Where nothing can be installed, it says so; the tests that need them are then skipped and say why.
set -u
missing=
command -v chromium > /dev/null || missing="$missing chromium"
command -v valkey-server > /dev/null || command -v redis-server > /dev/null || missing="$missing redis-server"
[ -n "$missing" ] || exit 0
if ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
  echo "tools: not found and not installed:$missing (needs apt-get and root)" >&2
  exit 0
fi
echo "installing$missing ..."
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing; } > /dev/null || {
  echo "tools: apt-get could not install$missing" >&2
  exit 1
}
