from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.sources.oci_tables import Place, ollama_place, place_of


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("ghcr.io/acme/chat", Place("ghcr.io", "ghcr.io", "acme/chat")),
        ("GHCR.io/acme/chat", Place("ghcr.io", "ghcr.io", "acme/chat")),
        ("registry:5000/chat", Place("registry:5000", "registry:5000", "chat")),
        ("localhost/chat", Place("localhost", "localhost", "chat")),
        ("[::1]:5000/chat", Place("[::1]:5000", "[::1]:5000", "chat")),
        ("vllm/vllm-openai", Place("registry-1.docker.io", "docker.io", "vllm/vllm-openai")),
        ("python", Place("registry-1.docker.io", "docker.io", "library/python")),
        ("index.docker.io/python", Place("registry-1.docker.io", "docker.io", "library/python")),
        ("ghcr.io/Acme/chat", Place("ghcr.io", "ghcr.io", None)),
        ("a.b@evil/chat", Place("a.b@evil", "a.b@evil", None)),
        ("ghcr.io/" + "a" * 256, Place("ghcr.io", "ghcr.io", None)),
        ("ghcr.io/../x", Place("ghcr.io", "ghcr.io", None)),
    ],
)
def test_names_lie_where_container_runtimes_look(repository: str, expected: Place) -> None:
    assert place_of(repository) == expected


def test_ollamas_names_have_no_host() -> None:
    ollama = "registry.ollama.ai"

    assert ollama_place("llama3.2") == Place(ollama, ollama, "library/llama3.2")
    assert ollama_place("acme/chat") == Place(ollama, ollama, "acme/chat")
    assert ollama_place("ghcr.io/acme/chat") == place_of("ghcr.io/acme/chat")


@given(st.text(max_size=60))
def test_no_text_leads_to_a_repository_that_cannot_be_one(text: str) -> None:
    found = place_of(text)

    assert found.name is None or not {".", ".."} & set(found.name.split("/"))
