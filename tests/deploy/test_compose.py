"""docker-compose.yml: by its schema, and by what an operator and the rest of the house expect of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from backend.embedded import binaries, commands, places, postgres
from tests.deploy.composing import FILE, OURS, ROOT, Compose, MissingError, example, filled_in, interpolate, variables

SECRETS = (
    *("POSTGRES_PASSWORD", "SHUGU_OWNER_PASSWORD", "SHUGU_APP_PASSWORD", "SHUGU_BACKUP_PASSWORD"),
    *("VALKEY_PASSWORD", "SECRET_KEY"),
)
BACKUPS = ("backup", "rehearsal")
# What the embedded server is told because of where it runs, or of the size of its machine.
OF_THE_PLACE = {
    "listen_addresses",
    "unix_socket_directories",
    "dynamic_shared_memory_type",
    "shared_buffers",
    "effective_cache_size",
    "hba_file",
}


@pytest.fixture
def compose() -> Compose:
    return Compose(filled_in())


def by_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_keeps_the_schema_of_the_compose_specification(tmp_path: Path) -> None:
    kept = by_schema(FILE)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(FILE.read_text("utf-8").replace("healthcheck:", "healthchecks:"), "utf-8")
    assert by_schema(broken).returncode == 1


def docker_compose() -> list[str] | None:
    """Docker's own Compose, where the machine has one; it needs no engine to read a file."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            said = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=False)
            if said.returncode == 0 and said.stdout.lstrip("v")[:2] != "1.":
                return command
    return None


def test_docker_compose_reads_it_as_these_tests_do(compose: Compose, tmp_path: Path) -> None:
    command = docker_compose()
    if command is None:
        pytest.skip("no docker compose on this machine")
    given = tmp_path / "env"
    given.write_text("".join(f"{name}={value}\n" for name, value in filled_in().items()))
    arguments = ["--file", str(FILE), "--env-file", str(given), "config", "--format", "json"]
    # What stands in the environment would win over the file.
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = subprocess.run([*command, *arguments], env=bare, capture_output=True, text=True, check=True)
    read: dict[str, Any] = json.loads(said.stdout)["services"]
    assert read.keys() == compose.services.keys()
    for name, service in read.items():
        # What it prints can be read again, so a dollar comes doubled.
        ours = [word.replace("$", "$$") for word in compose.services[name].get("command", [])]
        assert (service["command"] or []) == ours
        assert service.get("environment") == {
            key: value.replace("$", "$$") for key, value in compose.environment(name).items()
        }


def test_variables_are_filled_in_as_the_specification_says() -> None:
    values = {"A": "a", "EMPTY": ""}
    for text, filled in {
        "${A}-$A-$$A": "a-a-$A",
        "${B:-b}${B-b}": "bb",
        "${EMPTY:-b}${EMPTY-b}": "b",
        "${B:-${A:?none}://${C-${A}}}": "a://a",
        "${A:?none}": "a",
    }.items():
        assert interpolate(text, values) == filled
    for text in ("${B:?say so}", "${EMPTY:?say so}", "${B:-${C:?say so}}"):
        with pytest.raises(MissingError, match="say so"):
            interpolate(text, values)


@pytest.mark.parametrize("name", sorted(example()[0]))
def test_what_is_not_filled_in_is_asked_for(name: str) -> None:
    for lacking in ({key: value for key, value in filled_in().items() if key != name}, filled_in(**{name: ""})):
        with pytest.raises(MissingError) as missing:
            Compose(lacking)
        assert missing.value.name == name
        assert name in missing.value.message
        assert ".env" in missing.value.message


def test_every_variable_is_in_the_example_and_in_the_documentation() -> None:
    needed, shown = example()
    assert needed.keys() | shown.keys() == variables()
    documented = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert {name for name in variables() if f"`{name}`" not in documented} == set()


def test_the_example_shows_the_defaults() -> None:
    _, shown = example()
    plain = {name: value for name, value in shown.items() if value and "SITE_HOST" not in value}
    text = FILE.read_text("utf-8")
    assert {name: value for name, value in plain.items() if f"${{{name}:-{value}}}" not in text} == {}
    for name in ("UPLOAD_BYTES", "UPLOAD_ROWS", "UPLOADS_PER_HOUR", "DEMO_PASSWORD"):
        assert plain[name] == str(getattr(settings, name))
    assert plain["DEMO"] == "0"


def test_secrets_are_in_no_file_and_go_where_they_are_needed(compose: Compose) -> None:
    for path in (".env", "deploy/shugu.env", "deploy/nginx/certificates/privkey.pem"):
        subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=True)
    values = filled_in()
    assert all(not value for value in example()[0].values())
    holders = {
        secret: {
            name
            for name in compose.services
            if any(values[secret] in text for text in compose.environment(name).values())
        }
        for secret in SECRETS
    }
    assert holders["POSTGRES_PASSWORD"] == {"postgres", "prepare"}
    assert holders["SHUGU_OWNER_PASSWORD"] == {"prepare"}
    assert holders["SHUGU_APP_PASSWORD"] == holders["SECRET_KEY"] == {"prepare", *OURS}
    assert holders["VALKEY_PASSWORD"] == {"valkey", "prepare", *OURS, *BACKUPS}
    assert holders["SHUGU_BACKUP_PASSWORD"] == {"prepare", *BACKUPS}
    # Whoever holds the backups day by day is not given the keys to them.
    assert {name for name in compose.services if "FIELD_KEYS" in compose.environment(name)} == {
        *("prepare", "rehearsal"),
        *OURS,
    }
    for name, service in compose.services.items():
        told = json.dumps([service.get("command"), service.get("healthcheck")])
        assert not any(values[secret] in told for secret in SECRETS), name


def test_every_container_is_fenced_in(compose: Compose) -> None:
    assert set(compose.services) == {"postgres", "valkey", "prepare", *OURS, *BACKUPS, "proxy"}
    for name, service in compose.services.items():
        once = name in ("prepare", "rehearsal")
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["init"], name
        assert service["restart"] == ("no" if once else "unless-stopped"), name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name
        assert {"memory", "pids"} <= set(service["deploy"]["resources"]["limits"]), name
        assert ("healthcheck" in service) != once, name
        assert service.get("user") != "root", name
        assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service), name


def test_nothing_but_the_proxy_can_be_reached_from_outside(compose: Compose) -> None:
    networks = compose.document["networks"]
    assert [name for name, service in compose.services.items() if "ports" in service] == ["proxy"]
    assert [name for name, one in networks.items() if not one.get("internal")] == ["outside"]
    lead_out = {name for name, service in compose.services.items() if "outside" in service["networks"]}
    assert lead_out == {"proxy", "worker"}
    assert "books" not in compose.services["proxy"]["networks"]
    assert compose.environment("web")["PORT"] == compose.environment("proxy")["UPSTREAM"].partition(":")[2]
    assert compose.environment("web")["TRUSTED_PROXIES"] == "1"


def test_whom_it_starts_and_ends_is_as_under_make_run(compose: Compose) -> None:
    for name, patience in commands.PATIENCE.items():
        assert compose.command(name) == ["python", "-m", "backend.embedded.commands", name]
        assert compose.seconds(name) == patience
        needs = compose.services[name]["depends_on"]
        assert needs["prepare"] == {"condition": "service_completed_successfully"}
        assert {needs["postgres"]["condition"], needs["valkey"]["condition"]} == {"service_healthy"}
    # Compose ends whoever depends on somebody before that one.
    for last, earlier in commands.LAST.items():
        assert {name for name in OURS if last in compose.services[name]["depends_on"]} == set(earlier)
    web = commands.web("x:1", Path("x"))
    assert int(web[web.index("--graceful-timeout") + 1]) < commands.PATIENCE["web"]
    # There is no second one of it, not even by --scale.
    assert compose.services["beat"]["container_name"] == "shugu-beat"
    assert "ports" not in compose.services["web"]


def test_the_servers_are_of_the_versions_that_the_tests_run_on(compose: Compose) -> None:
    assert compose.services["postgres"]["image"] == f"postgres:{binaries.POSTGRES_MAJOR}"
    said = subprocess.run([binaries.installed().valkey, "--version"], capture_output=True, text=True, check=True).stdout
    major = re.search(r"v=(\d+)\.", said)
    assert major
    assert compose.services["valkey"]["image"] == f"valkey/valkey:{major.group(1)}"
    assert re.fullmatch(r"[\w/-]+:\d+\.\d+", compose.services["proxy"]["image"])
    assert {compose.services[name]["image"] for name in ("prepare", *OURS, *BACKUPS)} == {"shugu:latest"}
    # From 18 on the data lies in a folder of its version below this one.
    assert "postgres:/var/lib/postgresql" in compose.services["postgres"]["volumes"]


def test_postgresql_is_set_as_the_embedded_one(compose: Compose) -> None:
    program, *flags = compose.command("postgres")
    given = dict(flag.removeprefix("-c").split("=", 1) for flag in flags)
    embedded = postgres.settings(places.profile("main"))
    assert program == "postgres"
    assert {name: value for name, value in given.items() if name not in OF_THE_PLACE} == {
        name: value for name, value in embedded.items() if name not in OF_THE_PLACE
    }
    assert OF_THE_PLACE & given.keys() == {"shared_buffers", "effective_cache_size", "hba_file"}


def test_the_logins_are_those_of_the_roles(compose: Compose) -> None:
    prepare, web = compose.environment("prepare"), compose.environment("web")
    logins = {
        "ADMIN_DATABASE_URL": "postgres",
        "DATABASE_OWNER_URL": "shugu_owner",
        "DATABASE_URL": "shugu_app",
        "DATABASE_BACKUP_URL": "shugu_backup",
    }
    assert {name: urlsplit(prepare[name]).username for name in logins} == logins
    assert web["DATABASE_URL"] == web["DATABASE_OWNER_URL"] == prepare["DATABASE_URL"]
