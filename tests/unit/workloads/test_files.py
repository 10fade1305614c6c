from __future__ import annotations

from weighbridge.workloads.documents import document, dotted, flags_of
from weighbridge.workloads.environment import Companions
from weighbridge.workloads.files import CHARACTERS, WRITTEN, Files
from weighbridge.workloads.reading import TEXT
from weighbridge.workloads.volumes import Mount, Mounts


def files(data: object, *, sub_path: str = "") -> Files:
    config_map = {"kind": "ConfigMap", "metadata": {"name": "m"}, "data": data}
    mount = Mount("/c", {"name": "v", "configMap": {"name": "m"}}, sub_path)
    return Files(Mounts((mount,)), Companions([config_map]))


def test_a_key_of_a_config_map_is_a_file() -> None:
    assert files({"a": "text"}).read("/c/a", None).text == "text"
    assert files({"a": "text"}).read("a", "/c").text == "text"
    assert files({"a": "text"}, sub_path="a").read("/c", None).text == "text"


def test_what_cannot_be_read_says_why() -> None:
    assert files({"a": "x" * (TEXT + 1)}).read("/c/a", None).because == f"is longer than {TEXT} characters"
    assert files({"a": 7}).read("/c/a", None).because == "lies on a volume"
    assert files(None).read("/c/a", None).because == "comes from ConfigMap m"
    assert files({}).read("/elsewhere", None).of_image
    assert files({}).read("a", None).of_image
    assert files({}).read("$A", "/c").of_image
    assert files({}).read("", "/c").of_image


def test_what_is_missing_is_wanted_once() -> None:
    found = files(None)
    found.read("/c/a", None)
    found.read("/c/b", None)

    assert [one.name for one in found.wanted] == ["m"]


def test_files_that_are_written_are_remembered_to_a_limit() -> None:
    found = Files()
    for number in range(WRITTEN + 5):
        found.write(f"/f{number}", None, "text")
    found.write("relative", None, "text")

    assert found.read("/f1", None).text == "text"
    assert len(found.written) == WRITTEN


def test_flags_stand_in_documents() -> None:
    values = {"a_b": 1, "--c": ["x", 2], "d": [{"e": 1}], "f": {"g": None}, "h": None}

    assert [(one.name, one.values) for one in flags_of(values, "file")] == [
        ("a-b", ("1",)),
        ("c", ("x", "2")),
        ("d", ('[{"e": 1}]',)),
        ("f", ('{"g": null}',)),
    ]


def test_a_value_that_holds_itself_is_an_empty_text() -> None:
    knot: dict[str, object] = {}
    knot["again"] = [knot]

    assert [one.values for one in flags_of(knot, "file")] == [("",)]


def test_keys_are_read_to_a_depth() -> None:
    value = {"a": {"b": {"c": {"d": {"e": 1}}}}, "x": [1]}

    assert list(dotted(value, "n", "file")) == []
    assert [one.name for one in dotted({"a": {"b_c": 1}}, "n", "file")] == ["n.a.b-c"]


def test_a_document_is_one_map() -> None:
    assert document("a: 1") == {"a": 1}
    assert document("[1]") is None
    assert document("a: 1\n---\nb: 2") is None
    assert document("[") is None


def test_only_so_much_text_is_read_of_one_container() -> None:
    many = files({"a": "x" * TEXT})
    reads = [many.read("/c/a", None) for _ in range(CHARACTERS // TEXT + 2)]

    assert reads[0].text is not None
    assert reads[-1].because == "comes after more text than is read of one container"


def test_a_volume_that_picks_keys_shows_no_others() -> None:
    config_map = {"kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "text"}}
    picked = {"name": "v", "configMap": {"name": "m", "items": [{"key": "a", "path": "b/c"}]}}
    shown = Files(Mounts((Mount("/c", picked, ""),)), Companions([config_map]))

    assert shown.read("/c/b/c", None).text == "text"
    assert shown.read("/c/a", None).because == "lies on a volume"
