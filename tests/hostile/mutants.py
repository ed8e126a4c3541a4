"""Mutants of the first wall: each place where a queryset is narrowed to its reader, found in the source and taken away.

A place is a call of ``scope.visible``, a filter by the reader's organisation, or a turning that keeps rows from whoever
does not see everything. A mutant is the same function with one place gone; it takes the place of the original's code,
so that whoever imported the function by name runs it too.
"""

import ast
import functools
import importlib
import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from backend.accounts.models import Organisation

ROOT = Path(__file__).resolve().parents[2]
APPS = ("backend", "talent", "programs")
READERS = {"actor", "user", "reader", "body"}
ALL = -1
NO_STAFF = re.compile(r"not [\w.]+\.sees_everything")
HIT: set[str] = set()
"""The functions that ran since it was emptied, once ``traced``."""


@dataclass(frozen=True)
class Place:
    """One place of the first wall: the module, the outermost function around it, and which of its places."""

    module: str
    function: str
    number: int
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}:{self.line} {self.kind}"


def places() -> list[Place]:
    """Every place of the first wall, in the order of the source."""
    found = []
    for module, tree in _sources():
        for function, node in _functions(tree):
            wall = _Wall(None)
            wall.visit(node)
            found += [Place(module, function, number, line, kind) for number, (line, kind) in enumerate(wall.found)]
    return found


@contextmanager
def mutant(place: Place) -> Iterator[None]:
    """The function without that place, while it lasts."""
    original = _live(place.module, place.function)
    code = original.__code__
    original.__code__ = _compiled(place.module, place.function, place.number)
    try:
        yield
    finally:
        original.__code__ = code


@contextmanager
def traced(all_places: list[Place], gone: bool = False) -> Iterator[None]:
    """Every function with a place tells in ``HIT`` that it ran, while this lasts; ``gone``: without its places."""
    before = []
    for module, function in {(one.module, one.function): None for one in all_places}:
        live = _live(module, function)
        before.append((live, live.__code__))
        live.__code__ = _compiled(module, function, ALL if gone else None)
    try:
        yield
    finally:
        for live, code in before:
            live.__code__ = code


def everybodys() -> list[int]:
    """The ids of all organisations, in the place of those whose rows the reader may see."""
    return list(Organisation.objects.values_list("pk", flat=True))


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" in parts or "management" in parts or parts in {("backend", "accounts", "scope")}:
                continue
            text = path.read_text("utf-8")
            if any(word in text for word in ("visible(", "seen_by(", "sees_everything", ".organisation_id")):
                yield ".".join(parts).removesuffix(".__init__"), ast.parse(text)


def _functions(tree: ast.AST, before: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The outermost functions and methods of a module, by their qualified names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{before}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{before}{node.name}.")


class _Wall(ast.NodeTransformer):
    """Finds the places of one function, and takes away the one with the number ``gone``."""

    def __init__(self, gone: int | None) -> None:
        self.gone = gone
        self.found: list[tuple[int, str]] = []

    def _is_gone(self, node: ast.AST, kind: str) -> bool:
        self.found.append((getattr(node, "lineno", 0), kind))
        return self.gone in (len(self.found) - 1, ALL)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "visible" and node.args:
            return node.args[0] if self._is_gone(node, "visible") else node
        if name == "seen_by" and self._is_gone(node, "seen_by"):
            told = f"__import__({__name__!r}, fromlist=['everybodys']).everybodys()"
            return ast.copy_location(ast.parse(told, mode="eval").body, node)
        if name in {"filter", "Q", "get", "exclude"}:
            own = [one for one in node.keywords if one.arg and _names_the_readers(one.value)]
            if own and self._is_gone(node, f"{name}({', '.join(str(one.arg) for one in own)}=own)"):
                node.keywords = [one for one in node.keywords if one not in own]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if _is_staff(node.test) and _is_nothing(node.orelse):
            if self._is_gone(node, "… if staff else none"):
                return _without_visible(node.body)
            # What stands inside is for staff alone: to take that away by itself lets no partner see more.
            return node
        self.generic_visit(node)
        return node

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        leaves = node.body[0] if len(node.body) == 1 and isinstance(node.body[0], ast.Return) else None
        if leaves is not None and _is_staff(node.test) and self._is_gone(node, "if staff: return"):
            node.test = ast.copy_location(ast.Constant(True), node.test)
        keeps = leaves is not None and _is_no_staff(node.test) and _is_nothing(leaves.value)
        if keeps and self._is_gone(node, "if not staff: return none"):
            node.test = ast.copy_location(ast.Constant(False), node.test)
        return node

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        whether = isinstance(node.value, ast.BoolOp | ast.Attribute) and _is_staff(node.value)
        if node.value is not None and whether and self._is_gone(node, "return staff"):
            node.value = ast.copy_location(ast.Constant(True), node.value)
        return node


def _names_the_readers(node: ast.AST) -> bool:
    """Whether a value is the reader's own organisation, or what the reader may see."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and getattr(one.func, "attr", getattr(one.func, "id", "")) == "seen_by":
            return True
        if isinstance(one, ast.Attribute) and one.attr in {"organisation", "organisation_id"}:
            owner = one.value.attr if isinstance(one.value, ast.Attribute) else getattr(one.value, "id", "")
            if owner in READERS:
                return True
    return False


def _is_staff(test: ast.AST) -> bool:
    told = ast.unparse(test)
    return "sees_everything" in told and not NO_STAFF.search(told)


def _is_no_staff(test: ast.AST) -> bool:
    return bool(NO_STAFF.search(ast.unparse(test)))


def _is_nothing(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "none"
    return isinstance(node, ast.List | ast.Dict) and not ast.unparse(node).strip("[]{}")


def _without_visible(node: ast.expr) -> ast.expr:
    wall = _Wall(None)
    wall._is_gone = lambda *_: True  # type: ignore[method-assign]
    found: ast.expr = wall.visit(node)
    return found


@functools.cache
def _compiled(module: str, function: str, gone: int | None) -> CodeType:
    """The code of a function with one place gone; or, with none, telling that it ran."""
    live = importlib.import_module(module)
    path = inspect.getsourcefile(live) or ""
    tree = ast.parse(Path(path).read_text("utf-8"))
    node: Any = dict(_functions(tree))[function]
    if gone is not None:
        _Wall(gone).visit(node)
    if gone in (None, ALL):
        told = f"__import__({__name__!r}, fromlist=['HIT']).HIT.add({module + '.' + function!r})"
        skip = int(isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant))
        node.body[skip:skip] = ast.parse(told).body
    whole = compile(ast.fix_missing_locations(tree), path, "exec")
    return next(one for one in _codes(whole) if one.co_qualname == function)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def _live(module: str, function: str) -> FunctionType:
    """The function itself, beneath whatever it is wrapped in."""
    found: Any = importlib.import_module(module)
    for name in function.split("."):
        found = vars(found)[name]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        beneath = ("__wrapped__", "fget", "func", "__func__")
        found = next(getattr(found, name) for name in beneath if getattr(found, name, None) is not None)
    return found
