"""One partner asks everything that the tables of policies name, about what is another's: every route, every page."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tests.policy import test_pages, test_table
from tests.policy.pages import BODIES as PAGE_BODIES
from tests.policy.table import BODIES
from tests.policy.test_pages import OPEN_TO_ALL, client_of
from tests.policy.test_table import filled
from tests.policy.world import World
from tests.support.partner import API


@dataclass(frozen=True)
class Row:
    """One line of the tables: of the API, or of the pages."""

    kind: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind} {self.method} {self.path}"


class Asker:
    """The clerk of the other organisation, who has reported two people of their own."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.other.report([world.other.row(n) for n in (101, 102)])
        self._api = world.clients["other"]
        self._pages = client_of(world.users["other"])
        for client in (self._api, self._pages):
            client.raise_request_exception = False

    def rows(self) -> Iterator[Row]:
        """Every line of both tables, but for addresses that whoever knows them may read."""
        for kind, table in (("API", test_table), ("page", test_pages)):
            for method, path, _wanted in table.rows():
                if path not in OPEN_TO_ALL and not path.startswith(("schema/", "docs/", "problems/")):
                    yield Row(kind, method, path)

    def ask(self, row: Row) -> tuple[int, set[str]]:
        """The status that comes of a line, and what of the partner's shows in the answer; what it does is undone."""
        bodies = BODIES if row.kind == "API" else PAGE_BODIES
        body = filled(bodies.get((row.method, row.path)), self.world.ids)
        client: Any = self._api if row.kind == "API" else self._pages
        before = copy.deepcopy(client.cookies)
        with transaction.atomic():
            if row.kind == "API":
                address = API + row.path.format(**self.world.ids)
                answer = getattr(client, row.method.lower())(address, body, format="json")
            else:
                address = "/" + row.path.format(**self.world.ids).lstrip("/")
                answer = getattr(client, row.method.lower())(address, body or {})
            shown = self.world.marks_in(answer)
            transaction.set_rollback(True)
        client.cookies = before
        return answer.status_code, shown
