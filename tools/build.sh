#!/bin/sh
# Builds the pinned programs of tools/go.mod that are missing, into a folder keyed by the pins.
#   tools/build.sh              all of them
#   tools/build.sh opa helm     some of them
#   tools/build.sh --folder     prints the folder and builds nothing
# The folder is $WEIGHBRIDGE_TOOLS, else a user cache folder that all checkouts share.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
key=$(cat "$here/go.mod" "$here/go.sum" | sha256sum | cut -c1-16)
folder=${WEIGHBRIDGE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/weighbridge/tools/$key}
if [ "${1:-}" = --folder ]; then echo "$folder"; exit 0; fi

version() { sed -n "s#^[[:space:]]*$1 v\([0-9.]*\).*#\1#p" "$here/go.mod" | head -n 1; }
kubernetes=$(version k8s.io/kubernetes)
stamp=k8s.io/component-base/version
flags="-s -w -X $stamp.gitVersion=v$kubernetes -X $stamp.gitMajor=${kubernetes%%.*} -X $stamp.gitMinor=$(echo "$kubernetes" | cut -d. -f2)"

package() {
  case $1 in
    opa) echo github.com/open-policy-agent/opa ;;
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    helm) echo helm.sh/helm/v4/cmd/helm ;;
    kube-apiserver | kube-controller-manager) echo "k8s.io/kubernetes/cmd/$1" ;;
    *) echo "tools/build.sh: no such tool: $1, expected opa, etcd, helm, kube-apiserver or kube-controller-manager" >&2; exit 2 ;;
  esac
}

mkdir -p "$folder"
for tool in ${*:-opa etcd helm kube-apiserver kube-controller-manager}; do
  source=$(package "$tool")
  [ -x "$folder/$tool" ] && continue
  command -v go >/dev/null || { echo "tools/build.sh: $tool is missing and Go is not installed. Fix: install Go 1.26 or newer" >&2; exit 3; }
  begun=$(date +%s)
  printf 'building %s ... ' "$tool"
  (cd "$here" && CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o "$folder/.$tool.$$" "$source")
  mv "$folder/.$tool.$$" "$folder/$tool"
  echo "$(($(date +%s) - begun)) s"
done
echo "tools: $folder"
