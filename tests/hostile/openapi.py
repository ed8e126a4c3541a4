"""Calls made up from the API's own description, sent as one role after another, and what is wrong with the answers.

Schemathesis makes up parameters and bodies, fitting and unfitting ones; what an address or a body names is put in from
``tests.policy.world``, or hardly a call would get past a 404. Every call is undone after it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.api import reading
from backend.problems import TITLES
from tests.policy import test_table
from tests.policy.table import BODIES
from tests.policy.test_table import STRANGERS, filled
from tests.policy.world import World
from tests.support.http import token_for

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
BASE = "/api/v1/"
BOUNDS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def description() -> dict[str, Any]:
    """The description as it is served, in English."""
    with translation.override("en"):
        told: dict[str, Any] = json.loads(reading.written("en", False))
    return told


class Driver:
    """Sends made-up calls to the site of this process, and keeps what is wrong, each kind once for an address."""

    def __init__(self, world: World) -> None:
        self.world = world
        config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
        self.schema = schemathesis.openapi.from_dict(description(), config=config)
        self.app = WSGIHandler()
        self.tokens = {actor: token_for(user) if user else "" for actor, user in world.users.items()}
        self.rows = {(method, test_table._shape(path)): path for method, path, _wanted in test_table.rows()}
        self.cases: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.defects: dict[str, str] = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keeps the test's connection open between calls, as Django's own test client does."""
        ends = (signals.request_started, signals.request_finished)
        for one in ends:
            one.disconnect(close_old_connections)
        yield
        for one in ends:
            one.connect(close_old_connections)

    def operations(self) -> list[Any]:
        """Every method of every address that is described."""
        found: Any = self.schema.get_all_operations()
        return [one.ok() for one in found]

    def named(self, operation: Any) -> Mapping[str, Any]:
        """What of the world an operation's address names, by the names of its parameters."""
        path = operation.path.removeprefix(BASE)
        row = self.rows.get((operation.method.upper(), re.sub(r"\{\w+\}", "<>", path)))
        if row is None:
            return {}
        parts = re.split(r"\{\w+\}", path)
        pattern = "(.+)".join(map(re.escape, parts)) + "$"
        values = re.match(pattern, row)
        assert values, (path, row)
        return {
            name: value.format(**self.world.ids)
            for name, value in zip(re.findall(r"\{(\w+)\}", path), values.groups(), strict=True)
        }

    def body_of(self, operation: Any) -> Any:
        """A body that the table of policies knows to be taken, if it names one."""
        path = self.rows.get((operation.method.upper(), re.sub(r"\{\w+\}", "<>", operation.path.removeprefix(BASE))))
        return filled(BODIES.get((operation.method.upper(), path or "")), self.world.ids)

    def try_out(self, operation: Any, actors: tuple[str, ...], mode: GenerationMode, examples: int) -> None:
        """Send ``examples`` calls as each of ``actors``."""
        strategy = operation.as_strategy(generation_mode=mode)
        named, known = self.named(operation), self.body_of(operation)

        @settings(
            derandomize=True,
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy, keep=some.sets(some.integers(0, 12)), put_in=some.integers(0, 3))
        def run(case: Any, keep: set[int], put_in: int) -> None:
            if named and put_in:
                case.path_parameters = {**case.path_parameters, **named}
            if put_in > 1 and isinstance(known, dict) and isinstance(case.body, dict):
                made_up = {name: value for place, (name, value) in enumerate(case.body.items()) if place in keep}
                case.body = {**known, **made_up}
            for actor in actors:
                self.send(case, actor)

        run()

    def send(self, case: Any, actor: str) -> None:
        """Send one call as ``actor``, look at the answer, and undo what it did."""
        with transaction.atomic():
            answer = case.call(app=self.app, headers=self.signed(actor))
            transaction.set_rollback(True)
        self.look_at(case, answer, actor)

    def signed(self, actor: str) -> dict[str, str]:
        """The headers that say who asks."""
        return {"Authorization": f"Token {self.tokens[actor]}"} if self.tokens[actor] else {}

    def look_at(self, case: Any, answer: Any, actor: str) -> None:
        """Count an answer, and keep what is wrong with it."""
        self.cases[actor] += 1
        self.statuses[answer.status_code] += 1
        for kind, told in self.wrong_with(case, answer, actor):
            self.defects.setdefault(f"{case.operation.label} as {actor}: {kind}", told)

    def walk(self, actor: str, bounds: settings) -> None:
        """Go from answer to answer as ``actor``, by what Schemathesis infers that one takes from another."""
        driver = self

        class Walk(self.schema.as_state_machine()):  # type: ignore[misc]
            def setup(self) -> None:
                self.undone = transaction.atomic()
                self.undone.__enter__()

            def teardown(self) -> None:
                transaction.set_rollback(True)
                self.undone.__exit__(None, None, None)

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"app": driver.app, "headers": driver.signed(actor)}

            def validate_response(self, response: Any, case: Any, **told: Any) -> None:
                driver.look_at(case, response, actor)

        run_state_machine_as_test(Walk, settings=bounds)

    def wrong_with(self, case: Any, answer: Any, actor: str) -> Iterator[tuple[str, str]]:
        """What is wrong with an answer: its kind, and all that is needed to see it again."""
        how = f"{case.as_curl_command()[:600]} | {answer.content[:300]!r}"
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for one in group.exceptions:
                yield f"{type(one).__name__} {answer.status_code}", f"{one} | {how}"
        if actor in STRANGERS and (hits := self.world.marks_in(Body(answer), sent=self.said_by(case))):
            yield "shows what is another organisation's", f"{hits} | {how}"
        if answer.headers.get("content-type") == ["application/problem+json"]:
            code = json.loads(answer.content)["type"].rsplit("/", 1)[-1]
            if code not in TITLES:
                yield f"problem {code} is not told of", how

    def said_by(self, case: Any) -> list[str]:
        """What a call names of the world's."""
        said = json.dumps([case.path_parameters, case.query, case.body], default=str, ensure_ascii=False)
        return [str(one) for one in self.world.ids.values() if str(one) in said]


class Body:
    """An answer as ``tests.policy.marks`` reads one."""

    def __init__(self, answer: Any) -> None:
        self.headers = {name: ", ".join(values) for name, values in answer.headers.items()}
        self.content = answer.content
