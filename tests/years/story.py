"""A year as it happens, made up by a seed: who needs whom, who is trained, who comes, and what officers decide.

Nothing here knows the product: it is what the test sends, and what the independent count is made of.
"""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field

from tests.programs.supply.oracle import READ

NEW_YEAR = dt.date(2019, 1, 1)
WAY = ["sourced", "applied", "screened", "interview", "offer", "accepted"]
SOURCES = ["fair", "university_visit", "overseas_call", "referral", "website", "direct"]
REASONS = {
    "declined": ["unqualified", "interview_failed", "declined_other"],
    "withdrawn": ["other_offer", "pay", "unreachable"],
    "back": ["entered_in_error", "another_round"],
}
OCCUPATIONS = ["2-02-38-03", "2-02-38-00", "2-02-10-03", "4-04-05-04"]
LEVELS = ["junior", "intermediate", "deputy_senior"]
DISTRICTS = ["520102", "520103", "520115", ""]
SEGMENTS = ["core", "related", ""]
TITLES = ["", "", "083", "082"]
SENIOR_ENGINEER, MASTER = "082", "14"
KINDS = ["fair", "university_visit", "overseas_call"]


@dataclass(frozen=True)
class Size:
    """How large a year is."""

    employers: int
    providers: int
    cohorts: int
    learners: int
    campaigns: int
    candidates: int
    arrivals: int


SMALL = Size(employers=3, providers=2, cohorts=4, learners=8, campaigns=2, candidates=60, arrivals=22)
WHOLE = Size(employers=40, providers=12, cohorts=60, learners=40, campaigns=6, candidates=8000, arrivals=3000)


@dataclass
class Post:
    """A position of an employer's, open until so many days from today."""

    employer: str
    ref: str
    occupation: str
    level: str
    wanted: int
    segment: str
    district: str
    until: dt.date


@dataclass
class Step:
    """One move, with the reason that it needs."""

    day: dt.date
    to: str
    reason: str = ""


@dataclass
class Somebody:
    """What is known of a person; ``n`` is who they are."""

    n: int
    name: str
    master: bool
    title: str

    @property
    def high_end(self) -> bool:
        return self.master or self.title == SENIOR_ENGINEER


@dataclass
class After:
    """What became of somebody after they arrived or completed: away from ``left`` until ``back``, if they left at all;
    ``idle`` without work, ``unknown`` to whoever reported them, ``silent`` where those never answer."""

    left: dt.date | None = None
    back: dt.date | None = None
    idle: bool = False
    unknown: bool = False
    silent: bool = False


@dataclass
class Summary:
    """How often somebody was there, up to a day; and why they withdrew, if that is told."""

    held: int
    attended: int
    hours: float
    until: dt.date
    reason: str


@dataclass
class Candidate:
    """A life on the way; ``arrives`` on a day, ``refused`` where the checks refuse the report, ``decided`` what
    an officer makes of it."""

    who: Somebody
    ref: str
    employer: str
    campaign: str
    source: str
    post: Post | None
    steps: list[Step]
    arrives: dt.date | None = None
    refused: bool = False
    decided: str = ""
    id: int = 0
    record: int | None = None
    after: After = field(default_factory=After)


@dataclass
class Cohort:
    """A run of training."""

    code: str
    provider: str
    starts: dt.date
    ends: dt.date
    spent: int
    left_waiting: bool


@dataclass
class Learner:
    """Somebody's part in a cohort."""

    who: Somebody
    cohort: Cohort
    outcome: str
    started: dt.date
    completed: dt.date | None
    occupation: str
    segment: str
    district: str
    decided: str
    summary: Summary | None = None
    record: int | None = None
    after: After = field(default_factory=After)


@dataclass
class Year:
    """Everything that happens in one year."""

    size: Size
    employers: list[str]
    providers: list[str]
    campaigns: dict[str, int]
    posts: list[Post] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    learners: list[Learner] = field(default_factory=list)


def made_up(size: Size, seed: int, today: dt.date) -> Year:
    """The year that a seed stands for, as seen from ``today``."""
    return _Maker(size, random.Random(seed), today).year


class _Maker:
    def __init__(self, size: Size, chance: random.Random, today: dt.date) -> None:
        self.chance, self.today = chance, today
        self.people = 0
        employers = [f"EMP-{n}" for n in range(size.employers)]
        providers = [f"UNI-{n}" for n in range(size.providers)]
        campaigns = {f"CAMP-{n}": chance.randrange(10_000, 9_000_000) for n in range(size.campaigns)}
        self.year = Year(size, employers, providers, campaigns)
        self._posts()
        self._training()
        self._recruiting()
        self._afterwards()

    def somebody(self) -> Somebody:
        self.people += 1
        n, chance = self.people, self.chance
        name = "".join(
            chance.choice(part) for part in ("李王张刘陈杨赵黄周吴", "子思雨文浩宇晨佳梦一", "涵轩琪杰欣怡博然睿宁")
        )
        return Somebody(n, name, chance.random() < 0.2, chance.choice(TITLES))

    def _posts(self) -> None:
        chance = self.chance
        for employer in self.year.employers:
            for n in range(3):
                until = self.today + dt.timedelta(days=chance.choice([30, 90, 200, 400]))
                occupation, level = chance.choice(OCCUPATIONS), chance.choice(LEVELS)
                most = 2 + 2 * self.year.size.arrivals // (3 * self.year.size.employers)
                wanted, segment, district = chance.randint(1, most), chance.choice(SEGMENTS), chance.choice(DISTRICTS)
                self.year.posts.append(Post(employer, f"P{n}", occupation, level, wanted, segment, district, until))

    def _training(self) -> None:
        chance, size = self.chance, self.year.size
        for n in range(size.cohorts):
            starts = NEW_YEAR + dt.timedelta(days=7 * chance.randrange(0, 30))
            running = n % 4 == 3 or n % 4 == 1
            ends = self.today + dt.timedelta(days=chance.choice([20, 60, 150])) if running else starts
            if not running:
                ends = min(starts + dt.timedelta(days=7 * chance.randrange(6, 20)), dt.date(2019, 12, 29))
            provider = self.year.providers[n % size.providers]
            cohort = Cohort(
                f"COH-{n}", provider, starts, ends, chance.randrange(1, 500_000), size.cohorts > 6 and n % 7 == 6
            )
            self.year.cohorts.append(cohort)
            for _place in range(size.learners):
                self.year.learners.append(self._learner(cohort, running))

    def _learner(self, cohort: Cohort, running: bool) -> Learner:
        chance = self.chance
        again = chance.random() < 0.05 and self.year.learners
        who = chance.choice(self.year.learners).who if again else self.somebody()
        while any(one.who is who and one.cohort is cohort for one in self.year.learners[-self.year.size.learners :]):
            who = self.somebody()
        weights = [0.0, 0.85, 0.15] if running else [0.7, 0.15, 0.15]
        [outcome] = chance.choices(["completed", "in_progress", "withdrawn"], weights)
        started = cohort.starts + dt.timedelta(days=chance.randrange(0, 14))
        completed = None
        if outcome == "completed":
            # Never on a day on which somebody arrives, so that it is plain which of two records counts.
            weeks = chance.randrange(3, max(4, (cohort.ends - cohort.starts).days // 7))
            completed = cohort.starts + dt.timedelta(days=7 * weeks + 3)
        [decided] = chance.choices(["verify", "reject", "return"], [0.85, 0.08, 0.07])
        where = chance.choice(sorted(READ)), chance.choice(SEGMENTS), chance.choice(DISTRICTS)
        learner = Learner(who, cohort, outcome, started, completed, *where, "" if cohort.left_waiting else decided)
        if chance.random() < 0.8:
            learner.summary = self._summary(learner)
        return learner

    def _summary(self, one: Learner) -> Summary:
        chance = self.chance
        held = chance.randrange(1, 60)
        last = min(one.completed or one.cohort.ends, one.cohort.ends, self.today)
        until = one.started + dt.timedelta(days=chance.randrange(0, (last - one.started).days + 1))
        told = one.outcome == "withdrawn" and chance.random() < 0.8
        return Summary(
            held,
            chance.randrange(0, held + 1),
            chance.randrange(0, 400) / 2,
            until,
            chance.choice(["employment", "study", "health"]) if told else "",
        )

    def _afterwards(self) -> None:
        """What becomes of everybody whose record stands; who is twice in one place has stayed there."""
        chance = self.chance
        came: list[tuple[dt.date, str, Candidate | Learner]] = [
            (one.completed, one.cohort.provider, one)
            for one in self.year.learners
            if one.completed and one.decided == "verify"
        ]
        came += [
            (one.arrives, one.employer, one) for one in self.year.candidates if one.arrives and one.decided == "verify"
        ]
        times = Counter((one.who.n, where) for _since, where, one in came)
        for since, where, one in came:
            after, draw = one.after, chance.random()
            if draw < 0.1:
                after.silent = True
            elif draw < 0.2:
                after.unknown = True
            elif draw < 0.5 and times[one.who.n, where] == 1:
                after.left = since + dt.timedelta(days=chance.randrange(1, 400))
                if chance.random() < 0.4:
                    after.back = after.left + dt.timedelta(days=chance.randrange(1, 200))
            elif draw < 0.6:
                after.idle = True

    def _recruiting(self) -> None:
        chance, size = self.chance, self.year.size
        arriving = set(chance.sample(range(size.candidates), size.arrivals))
        trained = chance.sample(self.year.learners, min(len(self.year.learners), size.arrivals // 10))
        waiting = {(employer, code) for employer in self.year.employers for code in self.year.campaigns}
        waiting = set(chance.sample(sorted(waiting), len(waiting) // 8))
        used: set[int] = set()
        for n in range(size.candidates):
            employer = self.year.employers[n % size.employers]
            # Some who were trained are recruited too, and count once.
            who = trained.pop().who if n in arriving and trained else self.somebody()
            who = self.somebody() if who.n in used else who
            used.add(who.n)
            campaign = chance.choice(sorted(self.year.campaigns))
            own = [post for post in self.year.posts if post.employer == employer]
            post = chance.choice([*own, None])
            one = Candidate(
                who, f"C{n:05d}", employer, campaign, chance.choice(SOURCES), post, self._walk(n in arriving)
            )
            if n in arriving:
                one.arrives = one.steps[-1].day + dt.timedelta(days=7 * chance.randrange(0, 4))
                one.refused = chance.random() < 0.04
                [decided] = chance.choices(["verify", "reject", "return"], [0.88, 0.06, 0.06])
                one.decided = "" if (employer, campaign) in waiting or one.refused else decided
            self.year.candidates.append(one)

    def _walk(self, arrives: bool) -> list[Step]:
        """A life by weeks: forward, over some stages, now and then back, and off the way for a reason."""
        chance = self.chance
        day = NEW_YEAR + dt.timedelta(days=7 * chance.randrange(0, 26))
        steps, place = [Step(day, "sourced")], 0
        while place < len(WAY) - 1 and len(steps) < 9:
            if not arrives and chance.random() < 0.1:
                break
            day += dt.timedelta(days=7 * chance.randrange(0, 4))
            draw = chance.random()
            if draw < 0.05 and place:
                place -= 1
                steps.append(Step(day, WAY[place], chance.choice(REASONS["back"])))
            elif draw < 0.2 and not arrives:
                left = chance.choice(["declined", "withdrawn"])
                steps.append(Step(day, left, chance.choice(REASONS[left])))
                if chance.random() < 0.7:
                    break
                steps.append(Step(day + dt.timedelta(days=7), WAY[place], "came_back"))
                day += dt.timedelta(days=7)
            else:
                place = min(place + chance.choice([1, 1, 2]), len(WAY) - 1)
                steps.append(Step(day, WAY[place]))
        return steps
