from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import BadModelRef
from weighbridge.model.refs import ROLES, FoundAt, ModelRef

names = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789-_.", min_size=1, max_size=12)
repositories = st.lists(names, min_size=1, max_size=3).map("/".join)
revisions = st.none() | st.text("abcdef0123456789-_.v", min_size=1, max_size=40)


@given(
    st.sampled_from(["hf", "oci", "ollama", "pvc", "s3", "unresolved"]),
    repositories,
    revisions,
    st.none() | names,
    st.sampled_from(ROLES),
    st.none() | st.text(min_size=1, max_size=20),
)
def test_a_reference_survives_being_written_and_read(scheme, repository, revision, file, role, because):
    ref = ModelRef(scheme, repository, revision, file, role, FoundAt("c", "--model", "raw"), because)

    assert ModelRef.parse(str(ref), role, ref.found_at, because) == ref


@pytest.mark.parametrize(
    ("text", "uri", "revision"),
    [
        ("hf://org/name@0123abc", "hf://org/name", "0123abc"),
        ("hf://org/name", "hf://org/name", None),
        ("oci://registry.example:5000/team/model:v1", "oci://registry.example:5000/team/model:v1", "v1"),
        ("oci://registry.example/m@sha256:0a", "oci://registry.example/m@sha256:0a", "sha256:0a"),
        ("oci://registry.example:5000/m", "oci://registry.example:5000/m", None),
        ("ollama://llama3.2:3b", "ollama://llama3.2:3b", "3b"),
        ("hf://org/name@main#model.gguf", "hf://org/name", "main"),
    ],
)
def test_tags_of_images_belong_to_their_uri_and_revisions_of_hubs_do_not(text, uri, revision):
    ref = ModelRef.parse(text)

    assert (ref.uri, ref.revision, str(ref)) == (uri, revision, text)


@pytest.mark.parametrize("text", ["", "org/name", "hf://", "hf://@main", "HF://org/name"])
def test_a_text_without_scheme_or_repository_is_no_reference(text):
    with pytest.raises(BadModelRef, match="expected scheme://"):
        ModelRef.parse(text)


def test_a_reference_nobody_can_read_is_not_resolved():
    assert not ModelRef("unresolved", "pod/x/c", unresolved_because="the name is in a Secret").resolved
    assert ModelRef("hf", "org/name").resolved
