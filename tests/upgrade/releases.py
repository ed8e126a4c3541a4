"""What earlier releases left: a dump each, the stock of the same moment, and the keys of its synthetic people."""

import gzip
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from psycopg import conninfo

from backend.backups import servers, stock
from backend.backups.stock import Stock
from tests.support.databases import admin_url

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Release:
    """An earlier release, by its number."""

    name: str

    @property
    def told(self) -> dict[str, object]:
        content = json.loads((DATA / self.name / "release.json").read_text("utf-8"))
        assert isinstance(content, dict)
        return content

    @property
    def stock(self) -> Stock:
        return stock.read(json.loads((DATA / self.name / "release.json").read_text("utf-8"))["stock"])

    @property
    def field_keys(self) -> str:
        return str(self.told["field_keys"])

    def load(self, database: str) -> None:
        """Put its data into an empty database, owners and rights included."""
        where = conninfo.make_conninfo(admin_url(), dbname=database)
        loaded = subprocess.run(
            [servers.program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction"],
            env=servers.environment(where),
            input=gzip.decompress((DATA / self.name / "dump.sql.gz").read_bytes()),
            capture_output=True,
            check=False,
        )
        assert loaded.returncode == 0, loaded.stderr.decode()


def releases() -> list[Release]:
    """Every release whose data is kept, oldest first."""
    names = [path.name for path in DATA.iterdir() if (path / "release.json").is_file()]
    return [Release(name) for name in sorted(names, key=lambda name: tuple(int(part) for part in name.split(".")))]
