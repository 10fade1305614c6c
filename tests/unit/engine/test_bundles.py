from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from tests.policies.folders import FILES, LIB, MAIN, RULE, policy_folder

from weighbridge.engine import bundles
from weighbridge.engine.bundles import default_folder, load
from weighbridge.engine.folder import text_of
from weighbridge.errors import BadPolicies
from weighbridge.model.verdicts import Remedy

SITE_RULE = RULE.replace("weighbridge.rules.format.safe", "site.acme.rules.license.no_llama_as_apache")
SITE_PATH = "site/acme/rules/license/no_llama_as_apache/no_llama_as_apache.rego"


def members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar.getmembers()}  # type: ignore[union-attr]


def test_a_bundle_holds_modules_data_and_the_rule_table(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path))

    assert set(bundle.modules) == {"main/main.rego", "rules/format/safe/safe.rego", "lib/shape.rego"}
    assert bundle.documents["words"] == {"greeting": "hello"}
    assert bundle.documents["rule_table"] == {
        "format.safe": {
            "title": "Safe weights",
            "description": "Weights are read without running code.",
            "severity": "critical",
            "evidence": ["files"],
            "roles": [],
            "remedy": {"deployer": "serve another model", "publisher": "publish safetensors"},
            "who_can_act": "model_owner",
            "since": "0.1",
            "parameters": ["formats"],
            "frameworks": None,
            "default_action": None,
        }
    }
    assert bundle.rules["format.safe"].remedy == Remedy("serve another model", "publish safetensors")


def test_tests_checks_schemas_hidden_and_other_files_are_left_out(tmp_path: Path) -> None:
    plain = load(policy_folder(tmp_path / "a"))
    changes = {
        "main/main_test.rego": "package weighbridge.main_test\n",
        "checks/rules.rego": "package checks\n",
        "schemas/input.json": "{}",
        ".hidden/x.rego": "nonsense",
        "README.md": "words",
        "data/sub/more.yaml": "a: 1",
        "other.yaml": "a: [",
    }

    assert load(policy_folder(tmp_path / "b", changes)) == plain


def test_the_revision_names_content_and_not_the_place(tmp_path: Path) -> None:
    first = load(policy_folder(tmp_path / "a"))
    second = load(policy_folder(tmp_path / "b"))
    data = load(policy_folder(tmp_path / "c", {"data/words.yaml": "greeting: hi\n"}))
    rego = load(policy_folder(tmp_path / "d", {"lib/shape.rego": LIB + "\n"}))
    renamed = load(policy_folder(tmp_path / "e", {"lib/shape.rego": None, "lib/shapes.rego": LIB}))

    assert first.revision == second.revision
    assert first.revision.startswith("sha256:")
    assert len({first.revision, data.revision, rego.revision, renamed.revision}) == 4


def test_a_written_bundle_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path / "p"))
    bundle.write(tmp_path / "a.tar.gz")
    bundle.write(tmp_path / "b.tar.gz")
    held = members(tmp_path / "a.tar.gz")

    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    assert set(held) == {".manifest", "data.json", *bundle.modules}
    assert json.loads(held[".manifest"]) == {
        "revision": bundle.revision,
        "roots": ["weighbridge", "site"],
        "rego_version": 1,
    }
    assert json.loads(held["data.json"])["weighbridge"] == bundle.documents
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "b.tar.gz", "p"]


def test_a_bundle_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path / "p"))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()

    with pytest.raises(BadPolicies, match="the bundle cannot be written"):
        bundle.write(tmp_path / "absent" / "bundle.tar.gz")
    with pytest.raises(BadPolicies, match="the bundle cannot be written"):
        bundle.write(tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p", "taken"]


def test_links_are_followed_as_a_mounted_config_map_is_made_of_them(tmp_path: Path) -> None:
    policy_folder(tmp_path / "..data_1")
    (tmp_path / "..data").symlink_to("..data_1")
    for name in ("main", "rules", "lib", "data"):
        (tmp_path / name).symlink_to(Path("..data") / name)

    assert set(load(tmp_path).modules) == {name for name in FILES if name.endswith(".rego")}


def test_a_link_that_leads_back_up_is_one_sentence(tmp_path: Path) -> None:
    (policy_folder(tmp_path) / "lib" / "up").symlink_to("..")

    with pytest.raises(BadPolicies, match="nested deeper than 12"):
        load(tmp_path)


def test_a_site_rule_is_named_after_its_site(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path, {SITE_PATH: SITE_RULE}))

    assert list(bundle.rules) == ["acme/license.no_llama_as_apache", "format.safe"]
    assert bundle.rules["acme/license.no_llama_as_apache"].path == SITE_PATH


def test_further_files_of_a_rule_need_no_metadata(tmp_path: Path) -> None:
    more = {"rules/format/safe/more.rego": "package weighbridge.rules.format.safe\n"}

    assert list(load(policy_folder(tmp_path, more)).rules) == ["format.safe"]


def test_all_that_metadata_may_say_reaches_the_rule(tmp_path: Path) -> None:
    text = RULE.replace(
        "#   parameters: [formats]\n",
        "#   who_can_act: platform\n#   frameworks: [{name: eu-ai-act, clause: '53'}]\n#   default_action: warn\n",
    )
    rule = load(policy_folder(tmp_path, {"rules/format/safe/safe.rego": text})).rules["format.safe"]

    assert (rule.who_can_act, rule.default_action, rule.parameters) == ("platform", "warn", ())
    assert rule.frameworks == [{"name": "eu-ai-act", "clause": "53"}]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("critical", "urgent", r"safe\.rego:2: METADATA of format\.safe: invalid enum value 'urgent' - at `\$\.custom\.severity`"),
        ("evidence: [files]", "evidence: [weather]", r"safe\.rego:2: METADATA .* evidence 'weather' is no fact of a model, expected some of resolved, card"),
        ('#   since: "0.1"\n', "", r"object missing required field `since`"),
        ("deployer: serve another model, ", "", r"object missing required field `deployer`"),
        ("title: Safe weights", "name: Safe weights", r"object missing required field `title`"),
        ("parameters: [formats]", "parameter: [formats]", r"object contains unknown field `parameter`"),
        ("title: Safe weights", "title: Safe: weights", r"safe\.rego:2: METADATA of format\.safe: not YAML"),
        ("#   severity: critical", "#\tseverity: critical", r"safe\.rego:5: METADATA of format\.safe: a tab indents"),
        ("# METADATA\n", "# metadata\n", r"safe\.rego:10: rule package without METADATA"),
        ("\npackage weigh", "\n\npackage weigh", r"safe\.rego:11: METADATA is not directly above"),
        ("rules.format.safe\n", "rules.format.sure\n", r"package weighbridge\.rules\.format\.sure is not in its folder, expected rules/format/sure/"),
        ("rules.format.safe\n", "rules.format\n", r"safe\.rego:10: package weighbridge\.rules\.format is no rule, expected .*TOPIC\.RULE"),
        ("package weighbridge.rules.format.safe\n", "", r"safe\.rego:1: no package clause"),
        ("package weighbridge.rules.format.safe\n", "package system.authz\n", r"safe\.rego:10: package system\.authz, expected weighbridge"),
        ("package weighbridge.rules.format.safe\n", "package weighbridge\n", r"safe\.rego:10: package weighbridge, expected weighbridge"),
    ],
)  # fmt: skip
def test_a_rule_that_says_too_little_is_refused_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in RULE

    with pytest.raises(BadPolicies, match=message):
        load(policy_folder(tmp_path, {"rules/format/safe/safe.rego": RULE.replace(old, new)}))


def test_a_rule_without_a_file_of_its_name_is_refused(tmp_path: Path) -> None:
    changes = {"rules/format/safe/safe.rego": None, "rules/format/safe/other.rego": RULE}

    with pytest.raises(BadPolicies, match=r"other\.rego:10: rule format\.safe has no file safe\.rego"):
        load(policy_folder(tmp_path, changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data/words.yaml": None}, r"main/main\.rego:9: reads data\.weighbridge\.words\.greeting, which no file brings\. Fix: correct the name, or add data/words\.yaml"),
        ({"lib/shape.rego": None}, r"safe/safe\.rego:12: reads data\.weighbridge\.lib\.shape, which no file brings"),
        ({"data/words.yaml": "a: [\n"}, r"data/words\.yaml:\d: not YAML"),
        ({"data/words.yaml": "a: 1\na: 2\n"}, r"data/words\.yaml:2: the key 'a' stands twice"),
        ({"data/words.yaml": "no: 1\n"}, r"data/words\.yaml: the key False at words is not text"),
        ({"data/words.yaml": "a: [{b: 9007199254740993}]\n"}, r"the integer at words\.a\[0\]\.b is beyond"),
        ({"data/words.yaml": "a: .nan\n"}, r"the number at words\.a is not finite"),
        ({"data/words.yaml": "a: !!binary aGk=\n"}, r"the value at words\.a is a bytes, expected JSON"),
        ({"data/words.yml": "a: 1\n"}, r"data/words\.yml: data\.weighbridge\.words exists already"),
        ({"data/main.yaml": "a: 1\n"}, r"data/main\.yaml: data\.weighbridge\.main exists already"),
        ({"data/rule_table.yaml": "a: 1\n"}, r"data\.weighbridge\.rule_table exists already"),
        ({"main/main.rego": None}, r"no package weighbridge\.main"),
        (dict.fromkeys(FILES), r"no policies, expected \.rego files"),
    ],
)  # fmt: skip
def test_a_folder_that_lacks_something_is_one_sentence(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    with pytest.raises(BadPolicies, match=message):
        load(policy_folder(tmp_path, changes))


def test_a_comment_or_text_that_names_data_reads_none(tmp_path: Path) -> None:
    lib = LIB + '# data.weighbridge.absent\nwords := "data.weighbridge.absent"\n'

    assert load(policy_folder(tmp_path, {"lib/shape.rego": lib})).rules


def test_numbers_of_every_size_may_stand_in_data(tmp_path: Path) -> None:
    bundle = load(policy_folder(tmp_path, {"data/words.yaml": "greeting: [1, 2.5, true, null, -9007199254740992]\n"}))

    assert bundle.documents["words"] == {"greeting": [1, 2.5, True, None, -(2**53)]}


def test_binary_and_oversized_files_are_named(tmp_path: Path) -> None:
    policy_folder(tmp_path)
    (tmp_path / "lib" / "shape.rego").write_bytes(b"package weighbridge.lib.shape\n\xff\xfe")
    with pytest.raises(BadPolicies, match=r"lib/shape\.rego:2: not UTF-8 text"):
        load(tmp_path)

    (tmp_path / "lib" / "shape.rego").write_bytes(b"#" * ((2 << 20) + 1))
    with pytest.raises(BadPolicies, match=r"lib/shape\.rego: larger than 2 MiB"):
        load(tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    policy_folder(tmp_path)
    for number in range(2_001):
        (tmp_path / "data" / f"d{number}.yaml").write_bytes(b"a: 1\n")

    with pytest.raises(BadPolicies, match="more than 2000 files"):
        load(tmp_path)


def test_a_folder_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        BadPolicies, match=r"absent: cannot be read as a policy folder, no such file or directory\. Fix:"
    ):
        load(tmp_path / "absent")
    with pytest.raises(BadPolicies, match=r"file: cannot be read as a policy folder, not a directory"):
        load(tmp_path / "file")


def test_what_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    (policy_folder(tmp_path) / "lib" / "notes.txt").symlink_to("nowhere")
    assert load(tmp_path).rules

    (tmp_path / "lib" / "shape.rego").unlink()
    (tmp_path / "lib" / "shape.rego").symlink_to("nowhere")
    with pytest.raises(BadPolicies, match=r"lib/shape\.rego: no file, or a link to none"):
        load(tmp_path)
    with pytest.raises(BadPolicies, match=r"^lib: cannot be read, is a directory\. Fix: check its rights"):
        text_of(tmp_path / "lib", "lib")


def capabilities(*names: str) -> str:
    return json.dumps({"builtins": [{"name": name, "decl": {}} for name in names], "allow_net": []})


def test_a_library_may_only_call_what_it_lists(tmp_path: Path) -> None:
    used = ("count", "object.get", "object.union", "sprintf", "to_number")

    assert load(policy_folder(tmp_path / "a", {"capabilities.json": capabilities(*used)})).rules
    with pytest.raises(
        BadPolicies, match=r"main/main\.rego:5: calls count, which is neither defined nor in capabilities\.json"
    ):
        load(policy_folder(tmp_path / "b", {"capabilities.json": capabilities(*used[1:])}))
    main = MAIN + '\nx := http.send({"url": "u"})\n'
    with pytest.raises(BadPolicies, match=r"main/main\.rego:\d+: calls http\.send"):
        load(policy_folder(tmp_path / "c", {"capabilities.json": capabilities(*used), "main/main.rego": main}))


@pytest.mark.parametrize("text", ["[", '{"builtins": 1}', "{}"])
def test_a_list_of_functions_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadPolicies, match=r"^capabilities\.json: "):
        load(policy_folder(tmp_path, {"capabilities.json": text}))


def test_the_shipped_policies_stand_beside_the_controller() -> None:
    here = Path(bundles.__file__).resolve().parents[3]

    assert default_folder() == here / "policies"


def test_an_installed_package_carries_its_policies(tmp_path: Path) -> None:
    installed = tmp_path / "weighbridge"
    (installed / "_policies").mkdir(parents=True)

    assert default_folder(installed) == installed / "_policies"
