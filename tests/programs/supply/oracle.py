"""Supply beside demand once more, from plain lists, one place and one person at a time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

READ = {
    "": "",
    "2-02-38-03": "2-02-38-03",
    "大数据工程技术人员": "2-02-38-03",
    "２-02-10-11": "2-02-38-03",
    "2-02-38": "2-02-38",
    "2-02-10-03": "2-02-10-03",
    "Cook": "",
}
"""What people may say of their occupation, and what it is read as."""

LEVELS = {"": "", "083": "intermediate", "082": "deputy_senior"}


@dataclass
class Post:
    """A position: what it asks for, how many, who has arrived for it and who has accepted, until when it is open."""

    where: dict[str, str]
    organisation: int
    wanted: int
    arrived: int
    accepted: int
    until: dt.date
    closed: bool = False


@dataclass
class Enrolment:
    """Somebody who takes part in a cohort; ``completed`` on a day, if they have."""

    where: dict[str, str]
    organisation: int
    person: int
    ends: dt.date
    started: dt.date
    completed: dt.date | None = None
    live: bool = True


@dataclass
class Head:
    """Somebody who counts since a day, and since when as high-end."""

    where: dict[str, str]
    organisation: int
    since: dt.date
    high_end_since: dt.date | None = None


@dataclass
class Books:
    """Everything that there is."""

    posts: list[Post] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)


def key_of(where: dict[str, str], by: str) -> str:
    """In which part of a split something lies."""
    if by == "none":
        return "all"
    if by == "occupation":
        return "-".join(where["occupation"].split("-")[:3]) or "unspecified"
    return where["occupation" if by == "occupation_code" else by] or "unspecified"


Fits = Callable[[dict[str, str]], bool]


Seats = Callable[[list[dt.date], list[dt.date]], int]


def cells(
    books: Books, day: dt.date, by: str, crossed: str, fits: Fits = lambda where: True, seats: Seats | None = None
) -> dict:
    """By pair of keys, the numbers of the cell; ``seats`` says how many people find a place (``matched``)."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    places: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
    coming: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
    for post in books.posts:
        left = post.wanted - post.arrived
        if post.closed or post.until < day or left <= 0 or not fits(post.where):
            continue
        cell = key_of(post.where, by), key_of(post.where, crossed)
        accepted = min(left, post.accepted)
        found[cell]["needed"] += left
        found[cell]["positions"] += 1
        found[cell]["accepted"] += accepted
        places[cell] += [post.until] * (left - accepted)
    for one in enrolled(books, day):
        if fits(one.where):
            cell = key_of(one.where, by), key_of(one.where, crossed)
            found[cell]["in_training"] += 1
            found[cell]["overdue"] += one.ends < day
            coming[cell] += [one.ends] * (one.ends >= day)
    for head in books.heads:
        if head.since <= day and fits(head.where):
            cell = key_of(head.where, by), key_of(head.where, crossed)
            found[cell]["verified"] += 1
            found[cell]["high_end"] += head.high_end_since is not None and head.high_end_since <= day
    for cell, open_places in places.items():
        found[cell]["gap"] = len(open_places) - (seats or matched)(open_places, coming[cell])
    return {cell: {name: n for name, n in numbers.items() if n} for cell, numbers in found.items()}


def enrolled(books: Books, day: dt.date) -> Iterable[Enrolment]:
    """Those in training, each once: by the cohort that ends first of those that have not ended."""
    best: dict[int, tuple[tuple, Enrolment]] = {}
    for place, one in enumerate(books.enrolments):
        if not one.live or one.started > day or (one.completed is not None and one.completed <= day):
            continue
        rank = (one.ends < day, one.ends, place)
        if one.person not in best or rank < best[one.person][0]:
            best[one.person] = rank, one
    return [one for _rank, one in best.values()]


def matched(places: list[dt.date], people: list[dt.date]) -> int:
    """How many places can be filled by somebody who completes by the place's last day: augmenting paths, one by one."""
    holder: dict[int, int] = {}

    def seat(person: int, tried: set[int]) -> bool:
        for place, last in enumerate(places):
            if people[person] <= last and place not in tried:
                tried.add(place)
                if place not in holder or seat(holder[place], tried):
                    holder[place] = person
                    return True
        return False

    return sum(seat(person, set()) for person in range(len(people)))


def in_order(places: list[dt.date], people: list[dt.date]) -> int:
    """The same for many: the place that ends first goes to whoever completes first, if they do in time."""
    waiting = sorted(people)
    seated = 0
    for last in sorted(places):
        if seated < len(waiting) and waiting[seated] <= last:
            seated += 1
    return seated
