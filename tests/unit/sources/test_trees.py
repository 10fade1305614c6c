from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.archives import tar
from tests.simulators.registry import digest_of

from weighbridge.model.outcomes import Unreadable
from weighbridge.sources import trees
from weighbridge.sources.artifacts import Descriptor
from weighbridge.sources.interface import Listing
from weighbridge.sources.tar import walk
from weighbridge.sources.trees import Layer, Tree, artifact_tree, image_tree
from weighbridge.sources.unpacking import walk_in_memory
from weighbridge.weights import ListedFile


def layer(content: bytes) -> Layer:
    descriptor = Descriptor("", digest_of(content), len(content), {}, None)
    return Layer(descriptor, walk_in_memory(content, walk(lambda _, size: size)).entries, compressed=False)


def image(*from_bottom: bytes) -> Tree:
    return image_tree([layer(one) for one in reversed(from_bottom)], None)


def contents(tree: Tree) -> dict[str, bytes]:
    return {path: item.start for path, item in tree.items.items()}


def test_a_higher_layer_wins() -> None:
    tree = image(tar({"README.md": b"old", "a": b"1"}), tar({"README.md": b"new"}))

    assert contents(tree) == {"README.md": b"new", "a": b"1"}


def test_a_whiteout_removes_a_file_and_a_folder() -> None:
    tree = image(tar({"a": b"1", "b/c": b"2", "bc": b"3"}), tar({".wh.a": b"", ".wh.b": b""}))

    assert contents(tree) == {"bc": b"3"}


def test_a_file_that_was_removed_may_come_back() -> None:
    tree = image(tar({"a": b"1"}), tar({".wh.a": b""}), tar({"a": b"2"}))

    assert contents(tree) == {"a": b"2"}


def test_an_opaque_folder_hides_what_lay_in_it_below_and_not_beside_it() -> None:
    tree = image(tar({"m/old": b"1", "m/deep/old": b"1", "n": b"2"}), tar({"m/.wh..wh..opq": b"", "m/new": b"3"}))

    assert contents(tree) == {"m/new": b"3", "n": b"2"}


def test_an_opaque_root_hides_everything_below() -> None:
    assert contents(image(tar({"a": b"1", "m/b": b"1"}), tar({".wh..wh..opq": b"", "c": b"3"}))) == {"c": b"3"}


def test_a_file_in_place_of_a_folder_hides_what_it_held() -> None:
    assert contents(image(tar({"m/a": b"1"}), tar({"m": b"file"}))) == {"m": b"file"}


def test_a_folder_in_place_of_a_file_hides_the_file_only() -> None:
    tree = image(tar({"m": b"file", "n/a": b"1"}), tar({"m/x": b"2"}, folders=["m", "n"]))

    assert contents(tree) == {"m/x": b"2", "n/a": b"1"}


def test_a_hard_link_is_the_file_it_leads_to() -> None:
    tree = image(tar({"a": b"weights"}, hard_links={"b": "a"}))

    assert tree.items["b"] == tree.items["a"]


def test_a_link_to_a_file_is_listed_without_size() -> None:
    tree = image(tar({"blobs/1": b"weights"}, links={"snapshots/model.safetensors": "../blobs/1"}))

    assert tree.listing() == Listing(
        (ListedFile("blobs/1", 7, None), ListedFile("snapshots/model.safetensors", None, None))
    )


def test_a_link_that_may_lead_to_a_folder_leaves_the_listing_unreadable() -> None:
    tree = image(tar({"evil/model.pkl": b"1"}, links={"sub": "../elsewhere"}))

    assert tree.listing() == Unreadable("sub is a link to ../elsewhere, which is not followed")


def test_a_hard_link_to_nothing_leaves_the_listing_unreadable() -> None:
    assert isinstance(image(tar({}, hard_links={"b": "gone"})).listing(), Unreadable)


def test_the_models_folder_is_the_model_where_there_is_one() -> None:
    tree = image(tar({"bin/busybox": b"", "models/README.md": b"#"})).below(["models", "model"])

    assert contents(tree) == {"README.md": b"#"}


def test_without_such_a_folder_all_of_the_image_is_the_model() -> None:
    assert contents(image(tar({"README.md": b"#"})).below(["models", "model"])) == {"README.md": b"#"}


def test_a_models_folder_that_is_a_link_is_not_followed() -> None:
    tree = image(tar({"data/README.md": b"#"}, links={"models": "data"})).below(["models", "model"])

    assert tree.listing() == Unreadable("models is a link, which is not followed")


def test_what_is_not_read_is_never_a_shorter_listing() -> None:
    tree = image_tree([layer(tar({"README.md": b"#"}))], "layer x is huge")

    assert tree.listing() == Unreadable("layer x is huge")


def test_too_many_files_cannot_be_listed() -> None:
    item = image(tar({"a": b"1"})).items["a"]
    tree = Tree({str(number): item for number in range(trees.MOST_LISTED + 1)})

    assert isinstance(tree.listing(), Unreadable)


def test_archives_of_an_artifact_lie_beside_its_files() -> None:
    blob = Descriptor("", digest_of(b"#"), 1, {}, None)
    tree = artifact_tree({"README.md": blob}, [layer(tar({"code/a.py": b"1"}, folders=["code"]))], None)

    assert tree.listing() == Listing((ListedFile("README.md", 1, blob.sha256), ListedFile("code/a.py", 1, None)))


def test_a_file_below_a_link_does_not_hide_the_link() -> None:
    tree = image(tar({}, links={"sub": "../elsewhere"}), tar({"sub/a": b"1"}))

    assert isinstance(tree.listing(), Unreadable)


def test_a_folder_in_place_of_a_link_hides_the_link() -> None:
    tree = image(tar({}, links={"sub": "../elsewhere"}), tar({"sub/a": b"1"}, folders=["sub"]))

    assert contents(tree) == {"sub/a": b"1"}


PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)
LAYERS = st.lists(
    st.dictionaries(PATHS, st.sampled_from(["file", "folder", "remove", "empty"]), max_size=5), max_size=4
)


def unpacked(files: dict[str, bytes], changes: dict[str, str], stamp: bytes) -> dict[str, bytes]:
    """Do what a container runtime does on a disk: removals first, then additions."""
    for path, change in changes.items():
        files = {
            one: it for one, it in files.items()
            if not (change in ("remove", "empty") and one.startswith(f"{path}/")) and not (change == "remove" and one == path)
        }  # fmt: skip
    for path, change in changes.items():
        made = path.split("/") if change == "folder" else path.split("/")[:-1]
        in_the_way = (
            {"/".join(made[:length]) for length in range(1, len(made) + 1)} if change in ("file", "folder") else set()
        )
        files = {one: it for one, it in files.items() if one not in in_the_way}
        if change == "file":
            files = {one: it for one, it in files.items() if not one.startswith(f"{path}/")}
            files[path] = stamp
    return files


def archive(changes: dict[str, str], stamp: bytes) -> bytes:
    whiteouts = {"remove": ".wh.", "empty": ".wh..wh..opq"}
    files = {path: stamp for path, change in changes.items() if change == "file"}
    for path, change in changes.items():
        folder, _, name = path.rpartition("/")
        if change == "remove":
            files[f"{folder}/{whiteouts[change]}{name}".lstrip("/")] = b""
        if change == "empty":
            files[f"{path}/{whiteouts[change]}"] = b""
    return tar(files, folders=[path for path, change in changes.items() if change == "folder"])


@given(LAYERS)
def test_layers_add_up_to_what_a_runtime_unpacks(layers: list[dict[str, str]]) -> None:
    expected: dict[str, bytes] = {}
    archives: list[bytes] = []
    for number, wanted in enumerate(layers):
        # Nothing of one layer lies below another change of it: no writer makes such an archive.
        changes = {
            path: change for path, change in wanted.items()
            if not any(path.startswith(f"{other}/") for other in wanted)
        }  # fmt: skip
        expected = unpacked(expected, changes, b"%d" % number)
        archives.append(archive(changes, b"%d" % number))

    assert contents(image(*archives)) == expected
