"""An OLE2 container, in which an XLS lies, looked at before a reader follows its chains of sectors.

Source: [MS-CFB].
"""

import io
import struct

import olefile

from programs.intake.readers.limits import Refused

ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
STREAMS = ("Workbook", "Book")
DOCUMENTS = ("WordDocument", "PowerPoint Document")

_CHAIN_ENDS = 0xFFFFFFFA
"""Numbers of sectors from here on name no sector: they say that a chain ends, or what a sector is for."""


def workbook_stream(data: bytes) -> bytes:
    """The workbook's stream.

    Raises:
        Refused: F05 for a password on the XLSX that is sealed inside, F01 for a document or what is damaged.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            if any(container.exists(name) for name in ENCRYPTED):
                raise Refused("F05")
            for name in STREAMS:
                if container.exists(name):
                    _refuse_circles(container, name, len(data))
                    found: bytes = container.openstream(name).read()
                    return found
            if any(container.exists(name) for name in DOCUMENTS):
                raise Refused("F01", reason="document", line=None)
    except (OSError, ValueError, IndexError, TypeError, AttributeError, struct.error, RecursionError):
        raise _damaged() from None
    raise _damaged()


def _damaged() -> Refused:
    return Refused("F01", reason="damaged", line=None)


def _refuse_circles(container: olefile.OleFileIO, name: str, size: int) -> None:
    """Refuses a container with a chain of sectors that runs in a circle, or a stream longer than the whole file.

    Readers follow such a chain for as long as the stream claims to be, or for ever.
    """
    streams = [entry for entry in container.direntries if entry is not None and entry.name.lower() == name.lower()]
    if any(entry.size > size for entry in streams):
        raise _damaged()
    chains = [(container.fat, container.first_dir_sector), (container.fat, container.root.isectStart)]
    for entry in streams:
        small = entry.size < container.minisectorcutoff
        if small:
            container.loadminifat()
        chains.append((container.minifat if small else container.fat, entry.isectStart))
    for sectors, here in chains:
        passed = 0
        while here < _CHAIN_ENDS:
            here, passed = sectors[here], passed + 1
            if passed > len(sectors):
                raise _damaged()
