"""
What the webhook asks for, for people and for the chart, made from the table of kinds.

`python -m weighbridge.cluster.interception page|chart|rights` prints docs/reference/interception.md,
charts/weighbridge/README.md or charts/weighbridge/files/companions.yaml; a test holds all three to the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from weighbridge.cluster.companions import MAX_BYTES, MOST
from weighbridge.cluster.entries import CONDITIONS, Address, Entry, Reach, entries
from weighbridge.workloads import COMPANIONS, INTERCEPTED, Intercepted, kind_of, pods_run_it

_EXAMPLE = Reach(frozenset({"prod"}))

_PAGE = """# Interception: what the webhook asks for

This page is made from `controller/weighbridge/workloads/tables/kinds.toml`; a test holds it to the table.

## Entries

| entry | path | on failure | seconds | scope | namespaces |
|---|---|---|---|---|---|
"""
_ENTRIES = """
The path decides only what happens when no decision can be had; verdict and stage are the same at all of them. `enforce` is
left out while no namespace enforces. What stands in no namespace is judged under policies whose `namespaceSelector` is empty,
and a ModelException, which has a namespace, does not reach it.

A rule for a resource that a cluster does not have is valid and matches nothing, so the list is the same everywhere and
needs no change when an operator is installed later.

Not asked about, by `matchConditions`:

"""
_CONDITIONS: Mapping[str, str] = {
    "a-pod-changes-its-images": "an update of a Pod that leaves the images of its containers as they are",
    "the-object-stays": "an update of an object that is being deleted",
    "no-mirror-of-a-static-pod": "the mirror of a static Pod, from a member of `system:nodes`",
}
_RESOURCES = """
## Resources

*Owned* is what happens to an object with a controller owner. `skipped`: its models end in Pods that come here themselves, so only
the object on top is judged, where the person who applies it reads the answer. `judged`: no Pod shows what it loads, and an
owner reference is only a claim. An InferenceService in deployment mode ModelMesh, and a RayService with a `serveConfigV2`, are
judged whoever owns them: their Pods do not show the model.

| group | resource | kind | entry | operations | owned |
|---|---|---|---|---|---|
"""
_COMPANIONS = f"""
## Companions

Objects that others name. They are followed among the files of one run of `weighbridge check`, and read in a cluster only
where the chart's value `companions.read` is true: `get`, by name, at most {MOST} for one review and {MAX_BYTES >> 20} MiB together.
Secrets are never read. [How to follow companions](../how-to/companions.md) says what that means.

| group | kind | resource | scope |
|---|---|---|---|
"""
_CHART = """# weighbridge

The Helm chart of weighbridge. [docs/how-to/install.md](../../docs/how-to/install.md) says how to use it, `values.yaml` what
can be set. This page is made from the table of kinds.

## What the webhook asks to see

The controller fills the ValidatingWebhookConfiguration; [docs/reference/interception.md](../../docs/reference/interception.md)
has every condition.

"""
_CHART_RIGHTS = """
## What it may read

Namespaces, and its own ValidatingWebhookConfiguration. With `companions.read: true` also `get` on:

"""
_RIGHTS_COMMENT = (
    "# Made from controller/weighbridge/workloads/tables/kinds.toml: what workloads name. Secret is not among it.\n"
)


def page() -> str:
    """Return the reference page."""
    companions = (f"| {one.group or 'core'} | {one.kind} | {one.resource} | {one.scope} |\n" for one in COMPANIONS)
    conditions = (f"* {_CONDITIONS[name]} (`{name}`)\n" for name, _ in CONDITIONS)
    return "".join((_PAGE, *_entries(), _ENTRIES, *conditions, _RESOURCES, *_resources(), _COMPANIONS, *companions))


def chart() -> str:
    """Return the page of the chart."""
    lines: list[str] = []
    for one in _configured():
        lines.append(f"* `{one['name']}`\n")
        if one["name"] == "enforce.weighbridge.dev":
            lines.append("  * what `observe.weighbridge.dev` asks for, in namespaces that enforce\n")
            continue
        lines += [f"  * {group or 'core'}: {', '.join(resources)}\n" for group, resources in _asked(one).items()]
    rights = (f"* {group or 'core'}: {', '.join(resources)}\n" for group, resources in _readable().items())
    return "".join((_CHART, *lines, _CHART_RIGHTS, *rights))


def rights() -> str:
    """Return the rules of a ClusterRole that may read companions."""
    rules = (
        f'- apiGroups: ["{group}"]\n  resources: [{", ".join(resources)}]\n  verbs: [get]\n'
        for group, resources in _readable().items()
    )
    return "".join((_RIGHTS_COMMENT, *rules))


def _configured() -> list[Entry]:
    return entries(Address(b""), _EXAMPLE, INTERCEPTED)


def _entries() -> Iterator[str]:
    told = {
        "enforce.weighbridge.dev": "those whose policies enforce now, by name",
        "observe.weighbridge.dev": "all others, but ours, kube-system and those the values exclude",
        "cluster.weighbridge.dev": "none",
    }
    for one in _configured():
        name = str(one["name"])
        path = f"/validate/{name.partition('.')[0]}"
        scopes = {rule["scope"] for rule in _rules(one)}
        yield (
            f"| `{name}` | `{path}` | {one['failurePolicy']} | {one['timeoutSeconds']} | "
            f"{', '.join(sorted(map(str, scopes)))} | {told[name]} |\n"
        )


def _rules(entry: Entry) -> Iterator[Mapping[str, object]]:
    rules = entry["rules"]
    yield from (one for one in (rules if isinstance(rules, list) else ()) if isinstance(one, dict))


def _asked(entry: Entry) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in _rules(entry):
        groups, resources = rule["apiGroups"], rule["resources"]
        for group in groups if isinstance(groups, list) else ():
            found.setdefault(str(group), []).extend(map(str, resources if isinstance(resources, list) else ()))
    return found


def _readable() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in COMPANIONS:
        found.setdefault(one.group, []).append(one.resource)
    return found


def _resources() -> Iterator[str]:
    for one in INTERCEPTED:
        entry = "cluster" if one.scope == "Cluster" else "enforce, observe"
        operations = ", ".join(one.operations)
        yield (
            f"| {one.group or 'core'} | {one.resource} | {kind_of(one) or ''} | {entry} | {operations} | {_owned(one)} |\n"
        )


def _owned(one: Intercepted) -> str:
    kind = kind_of(one)
    if kind is None or (one.group, kind) == ("", "Pod"):
        return "judged"
    # A PodSpec makes the question fair for kinds that are nothing but templates.
    like = {"apiVersion": f"{one.group}/v1", "kind": kind, "spec": {"template": {"spec": {"containers": [{}]}}}}
    return "skipped" if pods_run_it(like) else "judged"


PAGES: Mapping[str, Callable[[], str]] = {"page": page, "chart": chart, "rights": rights}

if __name__ == "__main__":
    sys.stdout.write(PAGES[sys.argv[1]]())
