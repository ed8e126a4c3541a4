"""A zip archive looked at before anything opens it: what it claims to unpack to, and what it does unpack to."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from programs.intake.readers.limits import Limits, Refused

CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s22xHH")
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1


def _damaged() -> Refused:
    return Refused("F01", reason="damaged", line=None)


def _bomb(part: str) -> Refused:
    return Refused("F06", reason="unpacks", part=part[:100] or None)


class Archive:
    """The parts of a zip archive by their names, lower case and with ``/``.

    Args:
        data: the archive.
        limits: what it may unpack to.

    Raises:
        Refused: F01 for an archive that is cut off, damaged or packed in an unusual way, F05 for one with a password,
            F06 for one whose directory says that it unpacks to far more than it weighs.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        if data.count(_ENTRY) > limits.max_parts:
            raise _bomb("")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, ValueError, IndexError, OSError, EOFError, struct.error, NotImplementedError):
            raise _damaged() from None
        self._parts = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        if len(self._parts) != len(entries):
            # Two parts of one name: readers disagree on which one counts.
            raise _damaged()
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Refused("F05")
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise _damaged()
        for entry in entries:
            if entry.file_size > max(limits.free_unpacked, limits.max_ratio * entry.compress_size):
                raise _bomb(entry.filename)
        total = sum(entry.file_size for entry in entries)
        if total > min(limits.max_unpacked, max(limits.free_unpacked, limits.max_ratio * len(data))):
            raise _bomb("")

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self) -> list[str]:
        """The parts in the order of the directory."""
        return list(self._parts)

    def size(self, name: str) -> int:
        """Bytes that a part says it unpacks to."""
        return self._parts[name].file_size

    def read(self, name: str, most: int) -> bytes:
        """A part whole.

        Raises:
            Refused: as ``chunks`` does, and F06 if it is larger than ``most`` bytes.
        """
        if self.size(name) > most:
            raise _bomb(name)
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece.

        Raises:
            Refused: F06 as soon as it unpacks to more than the directory says, F01 if it is damaged or falls short.
        """
        entry = self._parts[name]
        done, check = 0, 0
        for chunk in self._unpacked(entry):
            done += len(chunk)
            check = zlib.crc32(chunk, check)
            if done > entry.file_size:
                raise _bomb(name)
            yield chunk
        if done != entry.file_size or check != entry.CRC:
            raise _damaged()

    def _unpacked(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        start = entry.header_offset
        if start < 0 or start + 30 > len(self._data):
            raise _damaged()
        mark, name_length, extra_length = _LOCAL.unpack_from(self._data, start)
        start += 30 + name_length + extra_length
        packed = memoryview(self._data)[start : start + entry.compress_size]
        if mark != b"PK\x03\x04" or len(packed) != entry.compress_size:
            raise _damaged()
        if entry.compress_type == zipfile.ZIP_STORED:
            for place in range(0, len(packed), CHUNK):
                yield bytes(packed[place : place + CHUNK])
            return
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for place in range(0, len(packed), CHUNK // 4):
                waiting: bytes | memoryview = packed[place : place + CHUNK // 4]
                while waiting and not stream.eof:
                    yield stream.decompress(waiting, CHUNK)
                    waiting = stream.unconsumed_tail
            yield stream.flush()
        except zlib.error:
            raise _damaged() from None
        if not stream.eof:
            raise _damaged()
