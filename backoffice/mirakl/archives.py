"""ZIP archives from Mirakl or from customers, opened as if they meant harm.

An archive that no honest program makes is refused as a whole, before anything of it is unpacked: a name that leads out
of it, an encrypted entry, a link, entries that share their bytes, more than the limits allow. What only unpacking shows
(a size that is not what was said, a checksum, a part that is missing) is refused then. Nothing is written to disk under
a name of the archive's, and an archive inside an archive is a file like others.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from backoffice.mirakl.downloads import safe_filename
from backoffice.mirakl.errors import MiraklError

_MB = 1024 * 1024
_CHUNK = 64 * 1024
_DIRECTORY = _MB  # bytes of the list of entries: it is read at once, whatever it claims to hold
_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED, _PATCHED, _UTF_8 = 0x1 | 0x40 | 0x2000, 0x20, 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


class UnsafeArchive(MiraklError):  # noqa: N818 -- named as the other errors of a call
    """The ZIP archive is not opened."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one archive may hold."""

    entries: int = 1000
    size: int = 256 * _MB  # bytes of all entries, unpacked
    ratio: int = 200  # how many times larger than its packed bytes an entry above 1 MB may be


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive. Its bytes are read from the archive's file, which has to be open still.

    Two entries may have the same name: `index`, its place in the archive from 0, tells them apart. `path` is as the
    archive has it, one text for each folder and the last for the file: to look up ids, not to write to. `name` may be
    shown and used as the name of a file. `size` is in bytes, unpacked.
    """

    index: int
    path: tuple[str, ...]
    name: str
    size: int
    _file: BinaryIO = field(repr=False, compare=False)
    _info: ZipInfo = field(repr=False, compare=False)
    _start: int = field(repr=False, compare=False)

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive itself, by its first bytes; a .docx is one too. Such a one is never opened here."""
        return next(self._unpacked(), b"").startswith(_ARCHIVES)

    def read(self) -> bytes:
        """All of it. Raises UnsafeArchive."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, a few at a time. Raises UnsafeArchive, also at the end: until then they may be wrong."""
        size = checksum = 0
        for chunk in self._unpacked():
            size += len(chunk)
            if size > self.size:
                raise self._unsafe("is larger than it says")
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
        if size != self.size:
            raise self._unsafe("is smaller than it says")
        if checksum != self._info.CRC:
            raise self._unsafe("is damaged: its checksum is wrong")

    def _unpacked(self) -> Iterator[bytes]:
        """At most a chunk at a time, however well it is packed."""
        if self._info.compress_type == ZIP_STORED:
            yield from self._packed()
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in self._packed():
            left = packed
            while left and not inflate.eof:
                try:
                    chunk = inflate.decompress(left, _CHUNK)
                except zlib.error:
                    raise self._unsafe("is damaged") from None
                left = inflate.unconsumed_tail
                if chunk:
                    yield chunk
        if rest := inflate.flush():
            yield rest
        if not inflate.eof:
            raise self._unsafe("is damaged: a part of it is missing")

    def _packed(self) -> Iterator[bytes]:
        left, place = self._info.compress_size, self._start
        while left:
            self._file.seek(place)
            chunk = self._file.read(min(left, _CHUNK))
            if not chunk:
                raise self._unsafe("is damaged: a part of it is missing")
            left, place = left - len(chunk), place + len(chunk)
            yield chunk

    def _unsafe(self, what: str) -> UnsafeArchive:
        return _unsafe(self.index, what)


def open_archive(file: BinaryIO, *, limits: Limits = LIMITS) -> list[Entry]:
    """The files in a ZIP archive, in its order; folders are left out. `file` is seekable and stays open.

    Raises UnsafeArchive, whose sentence holds no name out of the archive: it may be a customer's.
    """
    infos, end = _listed(file)
    if len(infos) > limits.entries:
        raise UnsafeArchive(f"It has more than {limits.entries:,} entries.")
    if sum(info.file_size for info in infos) > limits.size:
        raise UnsafeArchive(f"Its files have more than {limits.size / _MB:g} MB together.")
    entries, places = [], []
    for index, info in enumerate(infos):
        _check(index, info, limits)
        path = _path(index, info.orig_filename)
        start = _start(file, index, info, end)
        places.append((info.header_offset, start + info.compress_size))
        if not _is_folder(info):
            entries.append(Entry(index, path, safe_filename(path[-1], "file"), info.file_size, file, info, start))
    _check_places(places, end)
    return entries


class _Guarded:
    """The file as zipfile may read it: never much at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if size > _DIRECTORY:
            raise UnsafeArchive("Its list of entries is too long.")
        return self._file.read(size)


def _listed(file: BinaryIO) -> tuple[list[ZipInfo], int]:
    """What the archive's list of entries says, and where in the file it begins."""
    try:
        with ZipFile(_Guarded(file)) as archive:
            return archive.infolist(), archive.start_dir
    except (BadZipFile, NotImplementedError, OSError, EOFError, ValueError, OverflowError, struct.error):
        raise UnsafeArchive("It is no ZIP archive, or a part of it is missing.") from None


def _is_folder(info: ZipInfo) -> bool:
    return info.orig_filename.endswith("/")


def _check(index: int, info: ZipInfo, limits: Limits) -> None:
    """What one entry says of itself. In an archive from a Unix, the upper half of the attributes is a mode."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    stored = info.compress_type == ZIP_STORED
    faults = {
        "is encrypted": info.flag_bits & _ENCRYPTED,
        "is packed in a way that is not taken": info.flag_bits & _PATCHED
        or not (stored or info.compress_type == ZIP_DEFLATED),
        "is a link, or no ordinary file": kind not in (0, stat.S_IFDIR if _is_folder(info) else stat.S_IFREG),
        "is a folder with content": _is_folder(info) and info.file_size,
        "has another size than it says": stored and info.compress_size != info.file_size,
        "unpacks to far more than it should": info.file_size > max(_MB, info.compress_size * limits.ratio),
    }
    for what, is_so in faults.items():
        if is_so:
            raise _unsafe(index, what)


def _path(index: int, name: str) -> tuple[str, ...]:
    if any(unicodedata.category(one) == "Cc" for one in name):
        raise _unsafe(index, "has control characters in its name")
    path = tuple(name.removesuffix("/").split("/"))
    if "\\" in name or _DRIVE.match(name) or not {"", ".", ".."}.isdisjoint(path):
        raise _unsafe(index, "has a name that is empty or leads elsewhere")
    return path


def _start(file: BinaryIO, index: int, info: ZipInfo, end: int) -> int:
    """Where its packed bytes begin. What stands before them has to agree with the archive's list."""
    place: int = info.header_offset
    inside = 0 <= place <= end - _HEADER.size
    file.seek(place if inside else 0)
    head = file.read(_HEADER.size)
    if not inside or not head.startswith(b"PK\x03\x04"):
        raise _unsafe(index, "is not where the list of entries says")
    _, _, flags, method, *_, name_size, extra_size = _HEADER.unpack(head)
    encoding = "utf-8" if info.flag_bits & _UTF_8 else "cp437"
    name = file.read(name_size).decode(encoding, errors="replace")
    if (name, method) != (info.orig_filename, info.compress_type) or flags & _ENCRYPTED:
        raise _unsafe(index, "is described in two ways")
    start: int = place + _HEADER.size + name_size + extra_size
    return start


def _check_places(places: list[tuple[int, int]], end: int) -> None:
    """No byte belongs to two entries: a small archive could be unpacked to any size."""
    last = 0
    for start, stop in sorted(places):
        if start < last:
            raise UnsafeArchive("Some of its entries share their bytes.")
        last = stop
    if last > end:
        raise UnsafeArchive("An entry reaches into the list of entries.")


def _unsafe(index: int, what: str) -> UnsafeArchive:
    return UnsafeArchive(f"Entry {index + 1} {what}.")
