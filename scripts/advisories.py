"""Ask whether vulnerabilities of the pinned packages are known. Needs the network; nothing else does.

pip-audit, in an environment of its own that is thrown away, asks about what requirements.txt pins; npm about
package-lock.json. Exit 1 where something is known, or nobody could be asked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from assets import npm_of_the_machine
from bootstrap import ROOT


def of_python() -> int:
    """What is known of the packages from PyPI; the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pip-audit"], check=True)
        # Strict: a registry that knows nothing of a package must not pass for good news.
        command = [python, "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes"]
        return subprocess.run(
            [*command, "--progress-spinner", "off", "-r", "requirements.txt"], cwd=ROOT, check=False
        ).returncode


def of_pages() -> int:
    """What is known of the packages from npm; the exit code."""
    npm = npm_of_the_machine()
    if npm is None:
        print("No npm found: nobody was asked about the pages' packages.")
        return 1
    return subprocess.run([*npm, "audit", "--omit=dev"], cwd=ROOT, check=False).returncode


def main() -> int:
    try:
        return 1 if any([of_python(), of_pages()]) else 0
    except subprocess.CalledProcessError:
        print("pip-audit could not be installed: check the network and the registry that pip is configured for.")
        return 1


if __name__ == "__main__":
    sys.exit(main())
