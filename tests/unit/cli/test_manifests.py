from __future__ import annotations

import json

import pytest

from weighbridge.cli.manifests import MAX_FILE, read, requests
from weighbridge.errors import BadManifest

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"


def names(manifests):
    return [item.object["metadata"]["name"] for item in manifests.items]


def test_files_hold_many_documents_lists_and_json(tmp_path):
    (tmp_path / "a.yaml").write_text(POD % "a" + "---\n" + POD % "b")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}}
    (tmp_path / "b.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod]}))
    (tmp_path / "c.yml").write_text("apiVersion: v1\nkind: PodList\nitems:\n- " + POD.replace("\n", "\n  ") % "d")

    manifests = read([str(tmp_path)])

    assert names(manifests) == ["a", "b", "c", "d"]
    assert manifests.items[1].where.line == 5


def test_standard_input_is_a_path(tmp_path):
    assert names(read(["-"], stdin=[POD.encode() % b"x"])) == ["x"]


def test_yaml_that_is_no_kubernetes_object_is_left_out(tmp_path):
    (tmp_path / "values.yaml").write_text("image: x\nreplicas: 2\n")
    (tmp_path / "list.yaml").write_text("- 1\n- 2\n")
    (tmp_path / "notes.txt").write_text("kind: Pod")

    manifests = read([str(tmp_path)])

    assert (manifests.items, manifests.problems) == ((), ())


def test_hidden_files_and_folders_are_left_out(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.yaml").write_text(POD % "a")
    (tmp_path / ".b.yaml").write_text(POD % "b")

    assert read([str(tmp_path)]).items == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8 text; is this a binary file?"),
        (b"a:\n\t- b\n", "a tab indents the line"),
        (b"kind: Pod\nkind: Pod\n", "stands twice"),
        (b"a: {{ .Values.x }}\n", "not YAML"),
    ],
)
def test_a_named_file_that_cannot_be_read_is_an_error_and_one_in_a_folder_a_problem(tmp_path, content, says):
    (tmp_path / "bad.yaml").write_bytes(content)
    (tmp_path / "good.yaml").write_text(POD % "good")

    with pytest.raises(BadManifest, match=r"bad\.yaml") as caught:
        read([str(tmp_path / "bad.yaml")])
    manifests = read([str(tmp_path)])

    assert says in str(caught.value)
    assert names(manifests) == ["good"]
    assert [says in problem for problem in manifests.problems] == [True]


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("")

    assert read([str(tmp_path / "empty.yaml")]).items == ()


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(BadManifest, match="cannot be read: No such file"):
        read([str(tmp_path / "none.yaml")])


def test_a_file_larger_than_the_limit_is_refused(tmp_path):
    (tmp_path / "big.yaml").write_bytes(b"#" * (MAX_FILE + 1))

    with pytest.raises(BadManifest, match="larger than 16 MiB"):
        read([str(tmp_path / "big.yaml")])
    with pytest.raises(BadManifest, match="standard input: larger than 16 MiB"):
        read(["-"], stdin=[b"#" * MAX_FILE, b"#"])


def test_labels_come_from_namespaces_of_the_input_then_from_the_command_line(tmp_path):
    text = (
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, labels: {env: prod}}\n---\n"
        + (POD % "a").replace("{", "{namespace: prod, ")
        + "---\n"
        + POD % "b"
    )
    (tmp_path / "x.yaml").write_text(text)

    made = requests(read([str(tmp_path)]), "here", {"env": "test"})

    assert [(one.namespace.name, one.namespace.labels) for one in made[1:]] == [
        ("prod", {"env": "prod"}),
        ("here", {"env": "test"}),
    ]
