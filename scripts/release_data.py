"""Keep what a system of this release holds, for the upgrade tests of every later one.

usage: python scripts/release_data.py FOLDER URL, beside a served system with the demonstration loaded

A snapshot is published first, so that there is a chain to look through.

Writes dump.sql.gz, plain SQL with owners and rights, and release.json: the stock of the same snapshot, and the keys
that the synthetic people of the demonstration are sealed by. Such keys stand here and nowhere else.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
import psycopg  # noqa: E402

from backend.backups import servers, stock  # noqa: E402
from backend.release import RELEASE  # noqa: E402

# What is nobody's data: sessions, and answers kept for a day for those who ask twice.
LEFT_OUT = ("django_session", "idempotency_key")


def publish(url: str) -> None:
    """Publish what the plan stands at, as the demonstration's manager."""
    with httpx.Client(base_url=f"{url}/api/v1/", timeout=60) as manager:
        password = os.environ.get("DEMO_PASSWORD", "digital-valley")
        signed_in = manager.post("auth/token/", json={"username": "manager", "password": password}).raise_for_status()
        manager.headers["Authorization"] = f"Token {signed_in.json()['token']}"
        body = {"plan": "digital-valley-2020", "title": "Release"}
        manager.post("snapshots/", json=body, headers={"Idempotency-Key": "release"}).raise_for_status()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("--release", default=RELEASE)
    options = parser.parse_args()
    publish(options.url)
    where = os.environ["DATABASE_ADMIN_URL"].rpartition("/")[0] + "/shugu"
    folder = options.folder / options.release
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(where) as reading:
        reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = reading.execute("SELECT pg_export_snapshot()").fetchone()
        assert found is not None
        noted = stock.take(reading)
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        dumped = subprocess.run(
            [servers.program("pg_dump"), "--format=plain", f"--snapshot={found[0]}", *left_out],
            env=servers.environment(where),
            capture_output=True,
            check=True,
        ).stdout
    # No time of its own in the file, so that the same data makes the same file.
    (folder / "dump.sql.gz").write_bytes(gzip.compress(dumped, 9, mtime=0))
    content = noted.as_json()
    for table in LEFT_OUT:
        content["tables"].pop(table, None)
    release = {"release": options.release, "field_keys": os.environ["FIELD_KEYS"], "stock": content}
    (folder / "release.json").write_text(json.dumps(release, indent=1, sort_keys=True) + "\n")
    print(f"{folder}: {noted.rows} rows, {(folder / 'dump.sql.gz').stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
