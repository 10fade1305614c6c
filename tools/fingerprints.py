"""
Fingerprints of license texts, for controller/weighbridge/licenses/fingerprints.json.

    PYTHONPATH=controller python tools/fingerprints.py > controller/weighbridge/licenses/fingerprints.json

The texts are read from the packages this environment has installed (each wheel carries its license) and from the common
licenses that Debian's base-files installs. What comes out are numbers and the first words of sections, never the texts.
tools/fingerprints.toml says which license is read from where; a text that is not there is an error, so that none is lost unseen.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from weighbridge.licenses.shingles import packed, shingles_of, words_of
from weighbridge.safe_yaml import load

HERE = Path(__file__).parent
DEBIAN = Path("/usr/share/common-licenses")
SHORTEST = 20
"""Words of a section; a shorter paragraph, such as a title, goes with the next."""
TITLE = 6
"""Words of a section that are kept to name it."""


def main() -> int:
    """Write the document to standard output; 1 when a text is missing."""
    data = load((HERE.parent / "policies" / "data" / "licenses.yaml").read_text(encoding="utf-8"))
    turning = frozenset(data["turning"]) if isinstance(data, dict) else frozenset()
    try:
        texts = [fingerprint(one, turning) for one in sources()]
    except (OSError, PackageNotFoundError) as error:
        print(f"fingerprints: {error}. Fix: install the development dependencies, on Debian", file=sys.stderr)
        return 1
    print('{"version": 1, "texts": [')
    print(",\n".join(json.dumps(one) for one in texts))
    print("]}")
    return 0


def sources() -> list[Mapping[str, Any]]:
    """Return the entries of the table beside this script."""
    return list(tomllib.loads((HERE / "fingerprints.toml").read_text(encoding="utf-8"))["text"])


def fingerprint(source: Mapping[str, Any], turning: frozenset[str]) -> dict[str, Any]:
    """Return one text as numbers, section by section: a section is a paragraph with the words it shares with the next."""
    text = text_of(source)
    sections, words, begun = [], words_of(text, turning), 0
    starts = _paragraphs(text)
    for number, end in enumerate([*starts[1:], sys.maxsize]):
        stop = next((at for at, line in enumerate(words.lines) if line >= end), len(words.words))
        if stop - begun >= SHORTEST or number == len(starts) - 1:
            part = words.words[begun : stop + 2]
            sections.append([" ".join(part[:TITLE]), packed(shingles_of(part))])
            begun = stop
    return {"key": source["key"], "origin": origin(source), "sections": [one for one in sections if one[1]]}


def text_of(source: Mapping[str, Any]) -> str:
    """Return the text, between the lines that hold `after` and `before` where the file holds more."""
    lines = _file_of(source).read_text(encoding="utf-8").split("\n")
    first = next((at for at, line in enumerate(lines) if source.get("after", "") in line), 0)
    behind = (at for at, line in enumerate(lines) if "before" in source and source["before"] in line and at > first)
    last = next(behind, len(lines))
    return "\n".join(lines[first:last])


def _file_of(source: Mapping[str, Any]) -> Path:
    if "debian" in source:
        return DEBIAN / source["debian"]
    files = distribution(source["package"]).files or []
    end = f".dist-info/{source['file']}"
    found = next((file for file in files if str(file).endswith(end)), None)
    if found is None:
        raise FileNotFoundError(f"{source['package']}: has no {source['file']}")
    return Path(str(found.locate()))


def origin(source: Mapping[str, Any]) -> str:
    """Say where the text came from."""
    return f"debian base-files: {source['debian']}" if "debian" in source else f"{source['package']}: {source['file']}"


def _paragraphs(text: str) -> list[int]:
    """Return the numbers of the lines that begin a paragraph."""
    lines = text.split("\n")
    return [
        1,
        *(number for number in range(2, len(lines) + 1) if lines[number - 1].strip() and not lines[number - 2].strip()),
    ]


if __name__ == "__main__":
    sys.exit(main())
