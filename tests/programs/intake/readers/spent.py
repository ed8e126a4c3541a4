"""What reading a file in the sandbox cost."""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from programs.intake import sandbox
from programs.intake.readers.limits import Limits
from programs.intake.readers.sheet import Sheet

_MEASURED = """
import json, resource, sys
from programs.intake import sandbox
from programs.intake.readers.limits import Limits
sandbox.read(sys.argv[1], Limits(**json.loads(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def spent(data: bytes, limits: Limits) -> tuple[Sheet, int]:
    """The sheet, and the megabytes that the reading process came to hold.

    The memory is measured in a process of its own: a parent is only told the most that any of its children ever held.
    """
    sheet = sandbox.read(data, limits)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        told = subprocess.run(
            [sys.executable, "-c", _MEASURED, file.name, json.dumps(asdict(limits))],
            capture_output=True,
            check=True,
            cwd=Path(sandbox.__file__).parents[2],
        )
    return sheet, int(told.stdout)
