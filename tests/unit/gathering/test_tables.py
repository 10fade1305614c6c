from __future__ import annotations

import pytest
from tests.simulators.tables import shipped_documents

from weighbridge.errors import BadPolicies
from weighbridge.gathering import Tables


@pytest.mark.parametrize("name", ["licenses", "aliases"])
def test_a_missing_document_is_named(name: str) -> None:
    documents = shipped_documents()
    del documents[name]

    with pytest.raises(BadPolicies, match=rf"data/{name}\.yaml: missing"):
        Tables.from_documents(documents)


def test_the_shipped_documents_make_tables() -> None:
    tables = Tables.from_documents(shipped_documents())

    assert tables.licenses.key_of("apache-2.0") == "apache-2.0"
    assert tables.aliases.own("acme/x") == "acme/x"
