from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archives import packed, tar

from weighbridge.sources import tar as reading
from weighbridge.sources import unpacking
from weighbridge.sources.tar import BadArchive, Entry, Walked, walk
from weighbridge.sources.unpacking import walk_from_afar, walk_in_memory


def keep_all(path: str, size: int) -> int:
    del path
    return size


def keep_none(path: str, size: int) -> int:
    del path, size
    return 0


def read(content: bytes) -> Walked:
    return walk_in_memory(content, walk(keep_all))


def shown(walked: Walked) -> list[tuple[str, str, bytes]]:
    return [(one.path, one.kind, one.start) for one in walked.entries]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_files_of_every_form_are_read(form: int) -> None:
    long = "/".join(["folder"] * 16) + "/" + "x" * 90
    files = {"README.md": b"# Model", long: b"deep", "empty": b"", "./dotted": b"."}

    walked = read(tar(files, links={"link": "README.md"}, folders=["folder"], form=form))

    assert walked.complete
    assert shown(walked) == [
        ("folder", "folder", b""), ("README.md", "file", b"# Model"), (long, "file", b"deep"), ("empty", "file", b""),
        ("dotted", "file", b"."), ("link", "link", b""),
    ]  # fmt: skip
    assert walked.entries[-1].target == "README.md"


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_and_targets_are_read(form: int) -> None:
    walked = read(tar({"n" * 300: b"1"}, links={"l" * 200: "t" * 250}, form=form))

    assert [(one.path, one.target) for one in walked.entries] == [("n" * 300, ""), ("l" * 200, "t" * 250)]


def test_offsets_lead_to_the_content() -> None:
    content = tar({"a": b"first", "b": b"second"})

    walked = walk_in_memory(content, walk(keep_none))

    assert [content[one.offset : one.offset + one.size] for one in walked.entries] == [b"first", b"second"]


def test_a_compressed_archive_reads_like_the_plain_one() -> None:
    files = {"README.md": b"x" * 300_000, "config.json": b"{}"}

    assert shown(read(packed(files))) == shown(read(tar(files)))


def test_many_members_of_a_compressed_archive_are_one() -> None:
    content = tar({"README.md": b"x" * 3000, "config.json": b"{}"})
    members = b"".join(gzip.compress(content[at : at + 100]) for at in range(0, len(content), 100))

    assert shown(read(members + b"\0" * 64)) == shown(read(content))


@pytest.mark.parametrize("cut", [1, 511, 700, 2000])
def test_an_archive_that_is_cut_is_not_complete(cut: int) -> None:
    content = tar({"a": b"1" * 1000, "b": b"2" * 1000})

    assert not read(content[:cut]).complete
    assert not read(gzip.compress(content[:cut])).complete
    assert not read(gzip.compress(content)[:40]).complete


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(BadArchive, match="leads out"):
        read(tar({name: b"x"}))


def test_a_name_without_end_is_refused() -> None:
    with pytest.raises(BadArchive, match="at most 1024"):
        read(tar({"n/" * 600 + "x": b"x"}))


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(BadArchive, match="at most 65536"):
        read(tar({"n" * 70_000: b"x"}))


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(BadArchive, match="no tar archive"):
        read(b"GGUF" + b"x" * 2000)


def test_broken_compression_is_refused() -> None:
    content = bytearray(packed({"a": b"1" * 1000}))
    content[30] ^= 0xFF

    with pytest.raises(BadArchive, match="cannot be unpacked"):
        read(bytes(content))


def test_zstd_is_refused_with_its_name() -> None:
    with pytest.raises(BadArchive, match="zstd"):
        read(b"\x28\xb5\x2f\xfd" + b"x" * 100)


def test_a_bomb_is_put_down_before_it_goes_off() -> None:
    bomb = gzip.compress(tar({"a": b"\0" * (unpacking.MOST_EXPANDED + 1)}), compresslevel=1)

    with pytest.raises(BadArchive, match="more than 256 MiB"):
        walk_in_memory(bomb, walk(keep_none))


def test_too_many_files_are_refused() -> None:
    one = tar({"x": b""})[:512]

    with pytest.raises(BadArchive, match="more than the 50000 files"):
        read(one * (reading.MOST_ENTRIES + 1))


def member(kind: bytes, size: int = 0, name: str = "x") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.size = kind, size
    return found


def test_devices_are_passed_over_and_unknown_kinds_refused() -> None:
    content = member(tarfile.FIFOTYPE).tobuf() + tar({"a": b"1"})

    assert shown(read(content)) == [("a", "file", b"1")]
    with pytest.raises(BadArchive, match="of kind"):
        read(member(b"S").tobuf())


def test_sizes_nobody_has_are_refused() -> None:
    with pytest.raises(BadArchive, match="larger than any disk"):
        read(member(tarfile.REGTYPE, 2**60).tobuf(tarfile.GNU_FORMAT))


def with_attributes(content: bytes) -> bytes:
    head = member(tarfile.XHDTYPE, len(content)).tobuf(tarfile.USTAR_FORMAT)
    return head + content.ljust(-(-len(content) // 512) * 512, b"\0") + member(tarfile.REGTYPE).tobuf()


@pytest.mark.parametrize("content", [b"nonsense\n", b"5 a=b\n", b"99 path=x\n", b"3 p=x\n"])
def test_attributes_that_are_none_are_refused(content: bytes) -> None:
    with pytest.raises(BadArchive, match="attributes"):
        read(with_attributes(content))


@pytest.mark.parametrize("content", [b"22 GNU.sparse.major=1\n", b"11 size=-1\n"])
def test_files_with_holes_are_refused(content: bytes) -> None:
    with pytest.raises(BadArchive, match="holes"):
        read(with_attributes(content))


def test_a_size_in_attributes_counts() -> None:
    content = with_attributes(b"10 size=3\n") + b"abc".ljust(512, b"\0") + b"\0" * 1024

    assert shown(read(content)) == [("x", "file", b"abc")]


def test_attributes_for_all_are_passed_over() -> None:
    content = b"9 a=bcde\n"
    head = member(tarfile.XGLTYPE, len(content)).tobuf(tarfile.USTAR_FORMAT) + content.ljust(512, b"\0")

    assert shown(read(head + tar({"a": b"1"}))) == [("a", "file", b"1")]


def test_a_number_that_is_none_is_refused() -> None:
    block = bytearray(tar({"a": b"1"})[:512])
    block[124:136] = b"12x45678901\0"
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 0x20 + sum(block[156:]))

    with pytest.raises(BadArchive, match="number"):
        read(bytes(block))


def test_a_name_with_a_slash_behind_is_a_folder() -> None:
    old = member(tarfile.AREGTYPE)
    content = old.tobuf(tarfile.GNU_FORMAT).replace(b"x\0", b"x/", 1)
    block = bytearray(content)
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 0x20 + sum(block[156:]))

    assert shown(read(bytes(block))) == [("x", "folder", b"")]


async def test_only_headers_are_fetched_from_afar() -> None:
    content = tar({"README.md": b"# Model", "model.safetensors": b"\0" * 3_000_000, "z.json": b"{}"})
    fetched = 0

    async def fetch(start: int, length: int) -> bytes:
        nonlocal fetched
        piece = content[start : start + length]
        fetched += len(piece)
        return piece

    walked = await walk_from_afar(fetch, walk(lambda path, size: size if path.endswith((".md", ".json")) else 0))

    assert walked.complete
    assert [(one.path, one.start) for one in walked.entries] == [
        ("README.md", b"# Model"), ("model.safetensors", b""), ("z.json", b"{}"),
    ]  # fmt: skip
    assert fetched < 200_000


async def test_an_archive_that_takes_too_many_questions_is_refused() -> None:
    content = tar({f"{number}.bin": b"\0" * 70_000 for number in range(unpacking.MOST_PIECES + 2)})

    async def fetch(start: int, length: int) -> bytes:
        return content[start : start + length]

    with pytest.raises(BadArchive, match="256 questions"):
        await walk_from_afar(fetch, walk(keep_none))


@given(
    st.dictionaries(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=80), st.binary(max_size=600), max_size=8
    )
)
def test_whatever_the_standard_library_writes_is_read(files: dict[str, bytes]) -> None:
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        walked = read(tar(files, form=form))

        assert walked.complete
        assert {one.path: one.start for one in walked.entries} == files


@given(st.binary(max_size=3000), st.integers(0, 2000), st.binary(max_size=20))
def test_no_bytes_crash_the_reader(noise: bytes, at: int, more: bytes) -> None:
    content = bytearray(tar({"a": b"1" * 600, "b" * 200: b"2"}))
    content[at : at + len(more)] = more

    for one in (noise, bytes(content), gzip.compress(bytes(content))):
        try:
            walked = read(one)
        except BadArchive:
            continue
        assert all(isinstance(entry, Entry) for entry in walked.entries)


def test_the_reader_agrees_with_the_standard_library_on_order() -> None:
    content = tar({"b": b"2", "a": b"1"}, hard_links={"c": "a"})

    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()

    assert [one.path for one in read(content).entries] == names
