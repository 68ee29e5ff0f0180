"""ZIP archives that come from outside: what is handed out, what is refused, and that nothing is believed."""

from __future__ import annotations

import io
import random
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.archives import Limits, UnsafeArchive, open_archive
from tests.sandbox_server import RunningSandbox

File = tuple[str, bytes]
SIZE_IN_LIST, PACKED_IN_LIST, CHECKSUM_IN_LIST, PLACE_IN_LIST = 24, 20, 16, 42
CHANCE = random.Random(20)  # noqa: S311 -- the same damage every time
NOISE = CHANCE.randbytes(500_000)
FLAGS_IN_LIST, METHOD_IN_LIST, FLAGS_IN_HEADER, METHOD_IN_HEADER = 8, 10, 6, 8


def zipped(*files: File, method: int = zipfile.ZIP_DEFLATED, mode: int = 0) -> bytes:
    """An archive of these files, with names as they are, also bad ones."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive, warnings.catch_warnings(action="ignore"):
        for name, content in files:
            info = zipfile.ZipInfo("name")
            info.filename, info.compress_type, info.external_attr = name, method, mode << 16
            archive.writestr(info, content)
    return memory.getvalue()


def in_list(archive: bytes, offset: int, layout: str, value: int, *, number: int = 0) -> bytes:
    """The archive with another number in the n-th row of its list."""
    place = archive.index(b"PK\x01\x02")
    for _ in range(number):
        place = archive.index(b"PK\x01\x02", place + 1)
    return _patched(archive, place + offset, layout, value)


def in_header(archive: bytes, offset: int, layout: str, value: int) -> bytes:
    """The archive with another number before its first file."""
    return _patched(archive, offset, layout, value)


def _patched(archive: bytes, place: int, layout: str, value: int) -> bytes:
    changed = bytearray(archive)
    struct.pack_into(f"<{layout}", changed, place, value)
    return bytes(changed)


def contents(archive: bytes, **limits: int) -> list[tuple[str, bytes]]:
    entries = open_archive(io.BytesIO(archive), limits=Limits(**limits))
    return [(entry.name, entry.read()) for entry in entries]


def test_files_come_in_order_with_their_bytes() -> None:
    files = [("invoice.pdf", b"%PDF-1.4"), ("leer.txt", b""), ("großes Bild.png", bytes(range(256)) * 2000)]

    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert contents(zipped(*files, method=method)) == files


def test_path_tells_message_and_attachment_and_folders_are_left_out() -> None:
    archive = zipped(("m1/", b""), ("m1/a1/", b""), ("m1/a1/photo.jpg", b"one"), ("m2/a2/photo.jpg", b"two"))

    entries = open_archive(io.BytesIO(archive))

    assert [(entry.index, entry.path, entry.name, entry.size) for entry in entries] == [
        (2, ("m1", "a1", "photo.jpg"), "photo.jpg", 3),
        (3, ("m2", "a2", "photo.jpg"), "photo.jpg", 3),
    ]


def test_same_name_twice_is_two_files() -> None:
    entries = open_archive(io.BytesIO(zipped(("label.pdf", b"first"), ("label.pdf", b"second"))))

    assert [(entry.index, entry.name, entry.read()) for entry in entries] == [
        (0, "label.pdf", b"first"),
        (1, "label.pdf", b"second"),
    ]


def test_archive_without_files_has_none() -> None:
    assert contents(zipped()) == []


def test_archive_written_to_a_stream_is_read() -> None:
    class Pipe(io.RawIOBase):
        """It cannot go back: sizes come after the bytes."""

        def __init__(self) -> None:
            self.bytes = b""

        def writable(self) -> bool:
            return True

        def write(self, chunk: object) -> int:
            self.bytes += bytes(chunk)  # type: ignore[call-overload]  # -- what is written is bytes
            return len(chunk)  # type: ignore[arg-type]  # -- as above

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"a" * 1000)
        archive.writestr("b.txt", b"b")

    assert contents(pipe.bytes) == [("a.txt", b"a" * 1000), ("b.txt", b"b")]


def test_archive_in_an_archive_is_a_file_and_marked() -> None:
    inner = zipped(("../../evil", b"x"))
    entries = open_archive(
        io.BytesIO(zipped(("inner.zip", inner), ("hidden.pdf", inner), ("a.zip", b"no"), ("e", b"")))
    )

    assert [entry.is_archive for entry in entries] == [True, True, False, False]
    assert entries[0].read() == inner


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "a/../../evil.txt",
        "..",
        "/etc/passwd",
        "C:/evil.txt",
        "c:evil.txt",
        "..\\evil.txt",
        "a\\b.txt",
        "",
        "/",
        "a//b.txt",
        "./a.txt",
        "a/./b.txt",
        "a//",
        "../",
    ],
)
def test_name_that_leads_elsewhere_is_refused(name: str) -> None:
    archive = zipped(("good.txt", b"good"), (name, b"" if name.endswith("/") else b"evil"))

    with pytest.raises(UnsafeArchive, match=r"is not opened\. Entry 2 has a name that is empty or leads elsewhere\."):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize("name", ["evil.txt\0.pdf", "evil\n.txt", "\x1b[2Jevil", "evil\x7f", "evil\x9b.txt"])
def test_control_characters_in_a_name_are_refused(name: str) -> None:
    with pytest.raises(UnsafeArchive, match="Entry 1 has control characters in its name"):
        open_archive(io.BytesIO(zipped((name, b"evil"))))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(stat.S_IFLNK, "link"), (stat.S_IFCHR, "device"), (stat.S_IFIFO, "pipe"), (stat.S_IFDIR, "file")],
)
def test_link_and_whatever_is_no_file_is_refused(kind: int, name: str) -> None:
    with pytest.raises(UnsafeArchive, match="Entry 1 is a link, or no ordinary file"):
        open_archive(io.BytesIO(zipped((name, b"/etc/passwd"), mode=kind | 0o777)))


def test_ordinary_modes_of_a_unix_are_fine() -> None:
    assert contents(zipped(("a", b"a"), mode=stat.S_IFREG | 0o644)) == [("a", b"a")]
    assert contents(zipped(("a/", b""), mode=stat.S_IFDIR | 0o755)) == []


def test_folder_with_content_is_refused() -> None:
    with pytest.raises(UnsafeArchive, match="Entry 1 is a folder with content"):
        open_archive(io.BytesIO(zipped(("folder/", b"hidden"))))


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_encrypted_entry_is_refused(flag: int) -> None:
    archive = in_list(zipped(("a", b"a")), FLAGS_IN_LIST, "H", flag)

    with pytest.raises(UnsafeArchive, match="Entry 1 is encrypted"):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(method: int) -> None:
    with pytest.raises(UnsafeArchive, match="Entry 1 is packed in a way that is not taken"):
        open_archive(io.BytesIO(zipped(("a", b"a"), method=method)))


def test_unknown_packing_is_refused() -> None:
    archive = in_header(in_list(zipped(("a", b"a")), METHOD_IN_LIST, "H", 99), METHOD_IN_HEADER, "H", 99)

    with pytest.raises(UnsafeArchive, match="Entry 1 is packed in a way that is not taken"):
        open_archive(io.BytesIO(archive))


def test_too_many_entries_are_refused_and_folders_count() -> None:
    archive = zipped(("d/", b""), ("d/a", b""), ("d/b", b""))

    assert len(contents(archive, entries=3)) == 2
    with pytest.raises(UnsafeArchive, match="It has more than 2 entries"):
        contents(archive, entries=2)


def test_list_of_entries_that_is_too_long_is_not_read() -> None:
    archive = zipped(*[("n" * 60_000 + str(number), b"") for number in range(18)])

    with pytest.raises(UnsafeArchive, match="Its list of entries is too long"):
        open_archive(io.BytesIO(archive))


def test_too_much_in_total_is_refused() -> None:
    archive = zipped(("a", b"a" * 600_000), ("b", b"b" * 600_000))

    assert len(contents(archive, size=1_200_000)) == 2
    with pytest.raises(UnsafeArchive, match="Its files have more than 1 MB together"):
        contents(archive, size=1024 * 1024)


def test_bomb_is_refused_by_its_ratio() -> None:
    bomb = zipped(("bomb", bytes(3 * 1024 * 1024)))

    with pytest.raises(UnsafeArchive, match="Entry 1 unpacks to far more than it should"):
        open_archive(io.BytesIO(bomb))
    assert len(contents(bomb, ratio=2000)[0][1]) == 3 * 1024 * 1024


def test_small_file_may_be_packed_well() -> None:
    assert contents(zipped(("zeros.csv", bytes(1_000_000)))) == [("zeros.csv", bytes(1_000_000))]


@pytest.mark.parametrize(
    ("size", "sentence"), [(10, "Entry 1 is larger than it says"), (600_000, "Entry 1 is smaller than it says")]
)
def test_size_that_is_a_lie_shows_while_unpacking(size: int, sentence: str) -> None:
    archive = in_list(zipped(("a", NOISE)), SIZE_IN_LIST, "I", size)
    [entry] = open_archive(io.BytesIO(archive))
    chunks: list[bytes] = []

    with pytest.raises(UnsafeArchive, match=sentence):
        chunks.extend(entry.chunks())

    assert sum(len(chunk) for chunk in chunks) <= size


def test_bomb_that_lies_about_its_size_is_unpacked_no_further_than_it_said() -> None:
    archive = in_list(zipped(("bomb", bytes(20 * 1024 * 1024))), SIZE_IN_LIST, "I", 100_000)
    [entry] = open_archive(io.BytesIO(archive))
    chunks: list[bytes] = []

    with pytest.raises(UnsafeArchive, match="Entry 1 is larger than it says"):
        chunks.extend(entry.chunks())

    assert sum(len(chunk) for chunk in chunks) <= 100_000


def test_stored_file_with_two_sizes_is_refused() -> None:
    archive = in_list(zipped(("a", b"abc"), method=zipfile.ZIP_STORED), SIZE_IN_LIST, "I", 2)

    with pytest.raises(UnsafeArchive, match="Entry 1 has another size than it says"):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_wrong_checksum_is_refused(method: int) -> None:
    archive = in_list(zipped(("a", b"abc"), method=method), CHECKSUM_IN_LIST, "I", 1)
    [entry] = open_archive(io.BytesIO(archive))

    with pytest.raises(UnsafeArchive, match="Entry 1 is damaged: its checksum is wrong"):
        entry.read()


def test_packed_bytes_that_are_none_are_refused() -> None:
    archive = bytearray(zipped(("a", b"abc" * 100)))
    archive[31:34] = b"\xff\xff\xff"
    [entry] = open_archive(io.BytesIO(archive))

    with pytest.raises(UnsafeArchive, match="Entry 1 is damaged"):
        entry.read()


def test_packed_bytes_that_end_too_early_are_refused() -> None:
    archive = zipped(("a", NOISE[:1000]))
    [entry] = open_archive(io.BytesIO(in_list(archive, PACKED_IN_LIST, "I", 500)))

    with pytest.raises(UnsafeArchive, match="Entry 1 is damaged: a part of it is missing"):
        entry.read()


def test_file_that_became_shorter_meanwhile_is_refused() -> None:
    file = io.BytesIO(zipped(("a", NOISE[:1000])))
    [entry] = open_archive(file)
    file.truncate(500)

    with pytest.raises(UnsafeArchive, match="Entry 1 is damaged: a part of it is missing"):
        entry.read()


def test_entries_that_share_their_bytes_are_refused() -> None:
    archive = in_list(zipped(("a", b"abc"), ("a", b"def")), PLACE_IN_LIST, "I", 0, number=1)

    with pytest.raises(UnsafeArchive, match="Some of its entries share their bytes"):
        open_archive(io.BytesIO(archive))


def test_entry_that_begins_within_another_is_refused() -> None:
    """A whole header within the stored bytes of the entry before it: the same bytes are unpacked twice."""
    inner = zipped(("b", b"inner"), method=zipfile.ZIP_STORED)
    archive = zipped(("a", inner), ("b", b"inner"), method=zipfile.ZIP_STORED)
    row = archive.rindex(b"PK\x01\x02")
    changed = archive[: row + PLACE_IN_LIST] + struct.pack("<I", 31) + archive[row + PLACE_IN_LIST + 4 :]

    with pytest.raises(UnsafeArchive, match="Some of its entries share their bytes"):
        open_archive(io.BytesIO(changed))


def test_entry_that_reaches_into_the_list_is_refused() -> None:
    archive = in_list(zipped(("a", b"abc")), PACKED_IN_LIST, "I", 40)

    with pytest.raises(UnsafeArchive, match="An entry reaches into the list of entries"):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize("place", [7, 2**31, 2**32 - 2])
def test_entry_that_is_elsewhere_is_refused(place: int) -> None:
    archive = in_list(zipped(("a", b"abc")), PLACE_IN_LIST, "I", place)

    with pytest.raises(UnsafeArchive, match="Entry 1 is not where the list of entries says"):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize(
    "two_faced",
    [
        lambda archive: archive.replace(b"invoice.pdf", b"invoice.exe", 1),
        lambda archive: in_header(archive, METHOD_IN_HEADER, "H", 0),
        lambda archive: in_header(archive, FLAGS_IN_HEADER, "H", 1),
    ],
)
def test_entry_that_is_described_in_two_ways_is_refused(two_faced: Callable[[bytes], bytes]) -> None:
    archive = two_faced(zipped(("invoice.pdf", b"abc")))

    with pytest.raises(UnsafeArchive, match="Entry 1 is described in two ways"):
        open_archive(io.BytesIO(archive))


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK",
        b"%PDF-1.4 no archive",
        b'{"code": "UNEXPECTED"}',
        zipped(("a", b"abc"))[:-10],
        zipped(("a", b"abc"))[:40],
        zipped(("a", b"abc"))[30:],
        b"PK\x05\x06" + bytes([0, 0, 0, 0, 1, 0, 1, 0, 46, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_whatever_is_no_archive_or_not_whole_is_refused(archive: bytes, tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(archive)

    with path.open("rb") as file, pytest.raises(UnsafeArchive):
        open_archive(file)


def test_damage_anywhere_is_refused_or_harmless() -> None:
    """Whatever byte is wrong: what comes out is the error of this module, or files within the limits."""
    good = zipped(("a/b.txt", b"text " * 50), ("c.bin", bytes(range(256))))

    for _ in range(3000):
        damaged = bytearray(good)
        for _ in range(CHANCE.randint(1, 3)):
            damaged[CHANCE.randrange(len(damaged))] = CHANCE.choice((0, 1, 0x7F, 0xFF, CHANCE.randrange(256)))
        try:
            found = contents(bytes(damaged))
        except UnsafeArchive:
            continue
        assert sum(len(content) for _, content in found) <= 506


def test_error_names_no_file() -> None:
    with pytest.raises(UnsafeArchive) as caught:
        open_archive(io.BytesIO(zipped(("../Jane Doe.pdf", b"x"))))

    assert "Jane" not in str(caught.value)


def test_name_to_show_is_safe_where_the_path_is_as_it_came() -> None:
    [entry] = open_archive(io.BytesIO(zipped(("m/a/a\u202efdp?.exe", b"x"))))

    assert (entry.path[-1], entry.name) == ("a\u202efdp?.exe", "afdp_.exe")


def test_attachments_of_a_conversation_are_found_by_their_ids(api: Connect, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    message = sandbox.customer_writes(order_id=order_id, attachments=2, format="pdf")
    file = io.BytesIO()

    api.download_conversation_attachments(message["conversation_id"], file)

    found = {entry.path[:2]: (entry.name, entry.size, entry.is_archive) for entry in open_archive(file)}
    assert found == {
        (message["id"], told["id"]): (told["filename"], told["size_in_bytes"], False) for told in message["attachments"]
    }


def test_attachment_with_an_evil_name_closes_the_archive_but_not_the_others(
    api: Connect, sandbox: RunningSandbox
) -> None:
    order_id = sandbox.place_order()["id"]
    named = [{"filename": "photo.png"}, {"filename": "../../../evil.png"}]
    message = sandbox.customer_writes(order_id=order_id, attachments=named)
    good, evil = (told["id"] for told in message["attachments"])
    file = io.BytesIO()

    for wanted in ([], [evil]):
        api.download_conversation_attachments(message["conversation_id"], file, wanted)
        with pytest.raises(UnsafeArchive, match="has a name that is empty or leads elsewhere"):
            open_archive(file)

    api.download_conversation_attachments(message["conversation_id"], file, [good])
    assert [entry.name for entry in open_archive(file)] == ["photo.png"]


def test_documents_of_the_same_name_are_all_there(api: Connect, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    inner = zipped(("a", b"a"))
    for content in (b"%PDF-1.4 first", b"%PDF-1.4 second", inner):
        sandbox.add_document(order_id, filename="label.pdf", content=content)
    file = io.BytesIO()

    api.download_order_documents(order_id, file)

    found = {entry.read(): entry.is_archive for entry in open_archive(file)}
    assert found == {b"%PDF-1.4 first": False, b"%PDF-1.4 second": False, inner: True}
