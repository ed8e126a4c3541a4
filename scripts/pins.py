"""Resolve requirements.in and requirements-dev.in into the pinned files, newest allowed versions first.

Uses pip-tools in an environment of its own that is thrown away, so that its needs do not become ours. The result names
no registry and no path: where packages come from is the machine's business. It holds the digest of every file of each
version, whatever machine it is for, and set-up takes nothing else, wherever it comes from.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The order matters: what the tests need is resolved within what the product runs on.
NAMES = ("requirements", "requirements-dev", "requirements-node")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pip-tools"], check=True)
        for name in NAMES:
            command = [python, "-m", "piptools", "compile", "--quiet", "--upgrade", "--strip-extras", "--no-header"]
            command.append("--generate-hashes")
            hidden = ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"]
            files = ["--output-file", f"{name}.txt", f"{name}.in"]
            resolved = subprocess.run([*command, *hidden, *files], cwd=ROOT, check=False)
            if resolved.returncode:
                return resolved.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
