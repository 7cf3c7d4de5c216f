"""What a file is, told by its content and never by its name, and whether it is safe to open."""

import gzip
import io
import re
import zipfile
import zlib
from typing import Final

from importers.refusals import FileRefused

MEGABYTE: Final = 1024 * 1024
MAX_UNPACKED: Final = 100 * MEGABYTE
MAX_RATIO: Final = 100
MAX_ENTRIES: Final = 1_000

_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"BM", "BMP"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97 (.xls)"),
)
_TEXTUAL_SHARE: Final = 0.95
_MARKUP: Final = re.compile(rb"^\s*<(!doctype|html|\?xml|svg|kml|table)", re.IGNORECASE)
_KML: Final = re.compile(rb"<(\w+:)?kml[\s>]", re.IGNORECASE)
_KML_BEGINS: Final = 100_000
"""Within so many bytes, comments and document types before it, a KML file names itself."""
_SQLITE: Final = b"SQLite format 3\x00"
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def unpack(data: bytes, *, max_bytes: int) -> bytes:
    """Return the file's own bytes, taken out of gzip where it was compressed.

    Raises FileRefused for a file that is empty, too large, damaged or swells beyond reason.
    """
    if len(data) > max_bytes:
        raise FileRefused("file_too_large", limit_mb=max_bytes // MEGABYTE)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FileRefused("empty_file")
    if data[:2] != b"\x1f\x8b":
        return data
    limit = min(MAX_UNPACKED, max(len(data), 10_000) * MAX_RATIO)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            unpacked = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused("file_damaged") from error
    if len(unpacked) > limit:
        raise FileRefused("archive_unsafe", why=f"> {limit // MEGABYTE} MB")
    if not unpacked.strip():
        raise FileRefused("empty_file")
    if unpacked[:2] == b"\x1f\x8b":
        raise FileRefused("wrong_type", found="gzip in gzip")
    return unpacked


def kind_of(data: bytes) -> str:
    """Return ``zip``, ``sqlite``, ``kml``, ``json`` or ``text``; raises FileRefused for anything else."""
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return "zip"
    if data.startswith(_SQLITE):
        return "sqlite"
    for signature, name in _SIGNATURES:
        if data.startswith(signature) and not (len(signature) == 2 and _is_text(data)):
            raise FileRefused("wrong_type", found=name)
    if _MARKUP.match(data[:200].lstrip(b"\xef\xbb\xbf")):
        if _KML.search(data[:_KML_BEGINS]):
            return "kml"
        raise FileRefused("wrong_type", found="HTML, XML")
    if not _is_text(data):
        raise FileRefused("wrong_type", found="binary data")
    return "json" if data.lstrip(b"\xef\xbb\xbf\x1e \t\r\n")[:1] in b"{[" else "text"


def check_archive(data: bytes) -> zipfile.ZipFile:
    """Return the opened archive after reading every entry within the limits.

    The sizes that an archive states may lie, so each entry is unpacked once and counted.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except Exception as error:
        raise FileRefused("file_damaged") from error
    _check_entries(entries, len(data))
    try:
        for entry in entries:
            _count(archive, entry)
    except FileRefused:
        raise
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise FileRefused("password_protected") from error
    except Exception as error:
        # A crafted archive makes zipfile fail in a dozen ways; all of them mean one thing.
        raise FileRefused("file_damaged") from error
    # What macOS puts beside each file of an archive bears that file's ending, but is none.
    archive.filelist[:] = [one for one in entries if "__MACOSX/" not in one.filename]
    return archive


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise FileRefused("archive_unsafe", why=f"> {MAX_ENTRIES} parts")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED:
        raise FileRefused("archive_unsafe", why=f"> {MAX_UNPACKED // MEGABYTE} MB")
    if total > MAX_RATIO * size:
        raise FileRefused("archive_unsafe", why=f"1:{total // max(size, 1)}")
    if sum(entry.compress_size for entry in entries) > size:
        raise FileRefused("archive_unsafe", why="overlapping parts")
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.lower().replace("\\", "/")
    if name.startswith("/") or re.match("[a-z]:", name) or ".." in name.split("/"):
        raise FileRefused("archive_unsafe", why="path")
    if name.endswith((".zip", ".gz", ".7z", ".rar", ".xlsx", ".ods", ".kmz")):
        raise FileRefused("archive_unsafe", why="archive in archive")
    if entry.flag_bits & 1:
        raise FileRefused("password_protected")


def _count(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    allowed = min(MAX_UNPACKED, max(entry.compress_size, 1_000) * MAX_RATIO)
    read = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(MEGABYTE):
            read += len(chunk)
            if read > allowed:
                raise FileRefused(
                    "archive_unsafe", why=f"1:{read // max(entry.compress_size, 1)}"
                )


def _is_text(data: bytes) -> bool:
    """Whether the beginning reads as text in some encoding; a few stray control bytes are let pass."""
    sample = data[:8192]
    if sample.startswith(_UTF16_BOMS) or _looks_utf16(sample):
        return True
    odd = sum(
        (byte < 32 and byte not in b"\t\n\r\f\x1b") or byte == 127 for byte in sample
    )
    return odd <= max(4, len(sample) * (1 - _TEXTUAL_SHARE))


def _looks_utf16(sample: bytes) -> bool:
    """Whether every other byte is mostly zero, as in UTF-16 text of Latin letters without a mark."""
    if len(sample) < 16:
        return False
    even, odd = sample[0::2], sample[1::2]
    zeros = (even.count(0) / len(even), odd.count(0) / len(odd))
    return max(zeros) > 0.6 and min(zeros) < 0.1
