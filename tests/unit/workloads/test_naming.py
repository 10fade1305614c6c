from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weighbridge.model.refs import ModelRef
from weighbridge.workloads.naming import Nothing, Path, Place, cached, clean, escaped, image, meaning, telling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme/chat-7b", Place("hf", "acme/chat-7b")),
        ("gpt2", Place("hf", "gpt2")),
        ("acme/chat:Q4_K_M", Place("hf", "acme/chat")),
        ("hf://acme/chat:r1", Place("hf", "acme/chat", "r1")),
        ("hf://acme/chat@refs/pr/1", Place("hf", "acme/chat", "refs/pr/1")),
        ("HuggingFace://acme/chat/", Place("hf", "acme/chat")),
        ("https://huggingface.co/acme/chat", Place("hf", "acme/chat")),
        ("https://hf.co/acme/chat/tree/r1/", Place("hf", "acme/chat", "r1")),
        (
            "https://huggingface.co/acme/chat/blob/main/q/a.gguf?download=true",
            Place("hf", "acme/chat", "main", "q/a.gguf"),
        ),
        ("https://files.example/a@b.gguf#x", Place("https", "files.example/a%40b.gguf%23x")),
        ("s3://bucket/a/", Place("s3", "bucket/a")),
        ("gcs://bucket/a", Place("gs", "bucket/a")),
        ("pvc://claim", Place("pvc", "claim")),
        ("hostpath:///data/../x", Place("hostpath", "/x")),
        ("oci+modelcar://ghcr.io:5000/acme/m:v1", Place("oci", "ghcr.io:5000/acme/m", "v1")),
        ("oci://acme/m:v1@sha256:00aa", Place("oci", "acme/m", "sha256:00aa")),
        ("ollama://gemma2:2b?insecure=true", Place("ollama", "gemma2", "2b")),
        ("model-registry://iris/v1", Place("model-registry", "iris/v1")),
        ("/mnt//models/./x/", Path("/mnt/models/x")),
        ("file:///mnt/x", Path("/mnt/x")),
    ],
)
def test_each_way_to_write_a_place_is_told_apart(text: str, expected: Place | Path) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 1_025,
        "$(MODEL)",
        "${MODEL}",
        "$MODEL",
        "{{ .Model }}",
        "<your model>",
        "a model",
        "acme/chat\u2028x",
        "acme/../chat",
        "hf://",
        "hf://acme/chat:",
        "hf://acme/chat@a b",
        "hf://a/b/c",
        "s3:///",
        "https://",
        "https://huggingface.co/",
        "https://huggingface.co/acme/chat/resolve/ü/x",
        "https://huggingface.co/a/b/c/d/e/f",
        "oci://",
        "oci://acme/m:",
        "oci://acme/m@md5:00",
        "oci://acme/m#x",
        "ollama://",
        "./chat",
        "~/chat",
        "a/b/c",
        "-chat",
    ],
)
def test_a_text_nobody_can_take_for_a_model_is_nothing(text: str) -> None:
    assert isinstance(meaning(text), Nothing)


def test_a_file_of_an_engine_is_no_name_of_the_hub() -> None:
    assert meaning("chat.gguf", "/models", "path") == Path("/models/chat.gguf")
    assert isinstance(meaning("chat.gguf", None, "path"), Nothing)
    assert isinstance(meaning("chat.gguf", "models", "path"), Nothing)


def test_a_cache_path_without_a_commit_tells_no_repository() -> None:
    assert cached("/c/models--acme--chat") is None
    assert cached("/c/models--acme--chat/snapshots/abc/a.gguf") == Place("hf", "acme/chat", "abc", "a.gguf")


def test_an_image_without_a_tag_has_no_revision() -> None:
    assert image("acme/m") == Place("oci", "acme/m")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chat", False),
        ("/", False),
        ("/x", True),
        ("acme/chat", True),
        ("a/b/c", False),
        ("$(X)", True),
        ("s3://b", True),
    ],
)
def test_a_bare_word_does_not_tell(text: str, expected: bool) -> None:
    assert telling(text) is expected


@given(st.text())
@example("/models/a@b#c")
@example("acme/chat")
@example("")
def test_every_meaning_becomes_a_reference_that_reads_back(text: str) -> None:
    found = meaning(text, "/w")
    match found:
        case Place():
            ref = ModelRef(found.scheme, found.repository, found.revision, found.file)
        case Path():
            ref = ModelRef("file", escaped(found.path))
        case Nothing():
            ref = ModelRef("unresolved", "pod/a/b", None, "x")

    assert ModelRef.parse(str(ref)) == ref


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b"])))
def test_a_clean_path_stays_below_the_root(parts: list[str]) -> None:
    path = clean("/".join(parts))

    assert path.startswith("/")
    assert not {"..", "."} & set(path.split("/"))
    assert clean(path) == path
