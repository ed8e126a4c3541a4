"""docker-compose.yml as Compose reads it: variables filled in, defaults taken, what is missing named."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / "deploy" / "env.example"
OURS = ("web", "worker", "beat")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# By Compose itself.
_GIVEN = {"COMPOSE_PROJECT_NAME"}


class MissingError(Exception):
    """A variable without value and without default; the text is what the file says about it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def interpolate(text: str, values: Mapping[str, str], asked: set[str] | None = None) -> str:
    """``text`` with its variables filled in, by the rules of the compose specification.

    Args:
        asked: takes the names of the variables that were met.

    Raises:
        MissingError: there is neither value nor default. Compose would go on where no message asks for a value; our
            file is not to rely on that.
    """
    out, place = [], 0
    while (dollar := text.find("$", place)) >= 0:
        out.append(text[place:dollar])
        if text.startswith("$$", dollar):
            out.append("$")
            place = dollar + 2
            continue
        braced = text.startswith("{", dollar + 1)
        name = _NAME.match(text, dollar + 1 + braced)
        if name is None:
            raise ValueError(f"A single $ in {text!r}")
        if asked is not None:
            asked.add(name.group())
        place, rest = name.end(), ""
        if braced:
            end = _closing(text, dollar + 1)
            place, rest = end + 1, text[name.end() : end]
        value = values.get(name.group())
        out.append(
            value
            if value or (value is not None and not rest.startswith(":"))
            else _otherwise(name, rest, values, asked)
        )
    return "".join(out) + text[place:]


def _otherwise(name: re.Match[str], rest: str, values: Mapping[str, str], asked: set[str] | None) -> str:
    mark, what = rest.removeprefix(":")[:1], rest.removeprefix(":")[1:]
    if mark == "-":
        return interpolate(what, values, asked)
    raise MissingError(name.group(), what if mark == "?" else "")


def _closing(text: str, brace: int) -> int:
    """Where the brace that opens at ``brace`` is closed."""
    depth = 0
    for place in range(brace, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise ValueError(f"A brace in {text!r} stays open")


def variables() -> set[str]:
    """Every variable that an operator may set: those in values, and those that pass into the image's build."""
    asked: set[str] = set()
    document = yaml.safe_load(FILE.read_text("utf-8"))
    everything = dict.fromkeys(_all_names(FILE.read_text("utf-8")), "1")
    _filled(document, everything, asked)
    return (asked | set(document["x-shugu"]["build"]["args"])) - _GIVEN


def _all_names(text: str) -> list[str]:
    return re.findall(r"\$\{([A-Za-z_]+)", text)


def _filled(node: Any, values: Mapping[str, str], asked: set[str] | None = None) -> Any:
    match node:
        case dict():
            return {key: _filled(value, values, asked) for key, value in node.items()}
        case list():
            return [_filled(value, values, asked) for value in node]
        case str():
            return interpolate(node, values, asked)
    return node


class Compose:
    """The file with an operator's values."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.document = _filled(yaml.safe_load(FILE.read_text("utf-8")), {"COMPOSE_PROJECT_NAME": "shugu", **values})
        self.services: dict[str, dict[str, Any]] = self.document["services"]

    def environment(self, service: str) -> dict[str, str]:
        """What the service's container is given, by ``environment``."""
        given = self.services[service].get("environment", {})
        return {name: str(value) for name, value in given.items()}

    def command(self, service: str) -> list[str]:
        """What the service's container runs."""
        return [str(word) for word in self.services[service]["command"]]

    def health(self, service: str) -> list[str]:
        """The command of the service's health check."""
        kind, *words = self.services[service]["healthcheck"]["test"]
        return ["sh", "-c", *words] if kind == "CMD-SHELL" else words

    def binds(self, service: str) -> dict[str, Path]:
        """The files and folders of the repository that the container sees, by where it sees them."""
        found = {}
        for volume in self.services[service].get("volumes", []):
            source, target, *_ = str(volume).split(":")
            if source.startswith(("./", "/")):
                found[target] = ROOT / source
        return found

    def seconds(self, service: str) -> int:
        """How long the service may take to end."""
        return int(str(self.services[service]["stop_grace_period"]).removesuffix("s"))


def example() -> tuple[dict[str, str], dict[str, str]]:
    """deploy/env.example: what is to be filled in, and the defaults that it shows."""
    needed: dict[str, str] = {}
    shown: dict[str, str] = {}
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if set_ := re.fullmatch(r"(#?)([A-Z_]+)=(.*)", line):
            (shown if set_.group(1) else needed)[set_.group(2)] = set_.group(3)
    return needed, shown


def filled_in(**values: str) -> dict[str, str]:
    """The example as an operator fills it in; ``values`` win."""
    return {name: f"{name.lower().replace('_', '')}1" for name in example()[0]} | {
        "SITE_HOST": "rencai.example.org",
        "EMAIL_URL": "smtp://mail.example.org:25",
        "FIELD_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        **values,
    }
