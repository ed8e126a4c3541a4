"""The reading process: one file in, one sheet out, within limits that it sets on itself before it looks at a byte.

Started by ``programs.intake.sandbox`` as ``python -m programs.intake.child IN OUT PARENT LIMITS LAYOUT`` with two open
file descriptors, the parent's process number, and as JSON the limits and the columns that are looked for. It may be
started before its file is there: it begins to read once it is told so by a byte on its standard input. What it writes
to OUT: one byte once it is ready, the packed rows, a JSON meta, and its length in ``SIZE`` bytes. It ends with 0 if all
was written.
"""

import json
import os
import struct
import sys
import traceback
from typing import TYPE_CHECKING, BinaryIO

from backend.confined import confine

if TYPE_CHECKING:
    from programs.intake.layout import Layout
    from programs.intake.readers.limits import Limits

READY = b"R"
GO = b"G"
SIZE = struct.Struct("<Q")


def _where(error: BaseException) -> str:
    """The error's type and place; its message may hold what stands in the file."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


def write_sheet(target: BinaryIO, source: int, limits: "Limits", layout: "Layout") -> None:
    """Writes the sheet in the file; what a reader stumbles over makes the file unreadable, never the process fail."""
    # Imported by ``main`` already: what is missing there is no fault of the file's.
    from programs.intake.packing import pack
    from programs.intake.readers.files import file_parts
    from programs.intake.readers.limits import Refused
    from programs.intake.readers.sheet import meta_of, refused

    meta, begun = meta_of(None), target.tell()
    try:
        size = os.fstat(source).st_size
        if size > limits.max_bytes:
            raise Refused("F04", reason="bytes", limit=limits.max_bytes, found=size)
        with open(source, "rb") as file:
            for part in pack(file_parts(file, limits, meta, layout)):
                target.write(part)
        sheet = None
    except Refused as refusal:
        sheet = refused(refusal, meta)
    except MemoryError:
        sheet = refused(Refused("F06", reason="memory", part=None))
    except BaseException as error:  # noqa: BLE001 - a Rust panic is no Exception
        sheet = refused(Refused("F01", reason="damaged", line=None))
        sheet.meta["trouble"] = _where(error)
    if sheet is not None:
        # Whatever rows were found before are no rows of a refused file.
        meta = sheet.meta
        target.seek(begun)
        target.truncate()
        target.writelines(pack([sheet.frame]))
    told = json.dumps(meta, ensure_ascii=False).encode("utf-8", "replace")
    target.write(told + SIZE.pack(len(told)))
    target.flush()


def main(arguments: list[str]) -> int:
    """Reads the file that the arguments name; 0 if a sheet was written, refused or not."""
    source, target, parent = map(int, arguments[:3])
    given, told = map(json.loads, arguments[3:5])
    confine(parent, int(given["memory"]), int(given["cpu_seconds"]))
    # Imported only now, so that what the packages reserve is within the limits too.
    import programs.intake.packing
    import programs.intake.readers.files  # noqa: F401
    from programs.intake.layout import layout_told
    from programs.intake.readers.limits import Limits

    limits = Limits(**given)
    with open(target, "wb", closefd=False) as file:
        file.write(READY)
        file.flush()
        if os.read(sys.stdin.fileno(), 1) != GO:
            return 1  # nobody wants a sheet any more
        write_sheet(file, source, limits, layout_told(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
