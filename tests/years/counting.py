"""What the figures of a year must be, counted from what was sent and from nothing that the product keeps."""

import datetime as dt
from collections import Counter, defaultdict
from fractions import Fraction

from tests.programs.recruitment.oracle import Life
from tests.programs.supply.oracle import LEVELS, READ, Books, Enrolment, Head, Post
from tests.years.story import Candidate, Cohort, Learner, Year

PLAN = dt.date(2017, 11, 28), dt.date(2020, 12, 31)


def lives(year: Year) -> list[Life]:
    """Candidates as the independent count of recruitment takes them."""
    return [
        Life(
            {
                "none": "all",
                "source": one.source,
                "campaign": one.campaign,
                "organisation": one.employer,
                "position": f"{one.employer} {one.post.ref}" if one.post else "unspecified",
                "month": one.steps[0].day.strftime("%Y-%m"),
            },
            [(step.day, step.to) for step in one.steps] + ([(one.arrives, "arrived")] if one.arrives else []),
            one.arrives,
            one.decided == "verify",
            campaign=one.campaign,
        )
        for one in year.candidates
    ]


def heads(year: Year) -> list[tuple[dt.date, bool, Candidate | Learner]]:
    """Everybody who counts: since which day, whether as high-end, and by which of their records."""
    reported: dict[int, list[tuple[dt.date, Candidate | Learner]]] = defaultdict(list)
    for learner in year.learners:
        if learner.completed and learner.decided == "verify":
            reported[learner.who.n].append((learner.completed, learner))
    for one in year.candidates:
        if one.arrives and one.decided == "verify":
            reported[one.who.n].append((one.arrives, one))
    found = []
    for rows in reported.values():
        within = [row for row in rows if PLAN[0] <= row[0] <= PLAN[1]]
        if within:
            since, by = min(within, key=lambda row: row[0])
            found.append((since, by.who.high_end, by))
    return found


def demand(year: Year, day: dt.date) -> dict[str, dict[str, int]]:
    """By occupation: positions, places, who arrived, who of them is verified, and places that are left."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for post in year.posts:
        came = [one for one in year.candidates if one.post is post and one.arrives and one.arrives <= day]
        count = found[post.occupation]
        count["positions"] += 1
        count["wanted"] += post.wanted
        count["arrived"] += len(came)
        count["verified"] += sum(one.decided == "verify" for one in came)
        count["left"] += max(0, post.wanted - len(came)) if post.until >= day else 0
    return {key: dict(count) for key, count in found.items()}


def costs(year: Year, by: str, day: dt.date) -> dict[str, int]:
    """By source or campaign, what was spent: each campaign's money shared out over all whom it brought."""
    entered = [one for one in year.candidates if one.steps[0].day <= day]
    brought = Counter(one.campaign for one in entered)
    found: dict[str, Fraction] = defaultdict(Fraction)
    for one in entered:
        found[getattr(one, by)] += Fraction(year.campaigns[one.campaign], brought[one.campaign])
    return {key: round(cost) for key, cost in found.items()}


def cohort(year: Year, one: Cohort) -> dict[str, object]:
    """The figures of one cohort."""
    live = [learner for learner in year.learners if learner.cohort is one and learner.decided != "reject"]
    outcome = Counter(learner.outcome for learner in live)
    decided = Counter(learner.decided for learner in live)
    verified = sum(learner.outcome == "completed" and learner.decided == "verify" for learner in live)
    return {
        "enrolled": len(live),
        "in_progress": outcome["in_progress"],
        "completed": outcome["completed"],
        "withdrawn": outcome["withdrawn"],
        "verified_completions": verified,
        "awaiting_review": decided[""],
        "returned": decided["return"],
        "completion_rate": round(outcome["completed"] / len(live), 4) if live else None,
        "dropout_rate": round(outcome["withdrawn"] / len(live), 4) if live else None,
        "spent_fen": one.spent,
        "cost_per_completion_fen": (2 * one.spent + verified) // (2 * verified) if verified else None,
    }


def books(year: Year, day: dt.date) -> Books:
    """The year as the independent count of supply takes it, as of a day."""
    found = Books()
    for post in year.posts:
        own = [one for one in year.candidates if one.post is post]
        arrived = sum(one.arrives is not None and one.arrives <= day for one in own)
        where = {name: getattr(post, name) for name in ("occupation", "level", "segment", "district")}
        accepted = sum(_stands(one, day) == "accepted" for one in own)
        found.posts.append(Post(where, year.employers.index(post.employer), post.wanted, arrived, accepted, post.until))
    for learner in year.learners:
        live = learner.outcome != "withdrawn" and learner.decided != "reject"
        found.enrolments.append(
            Enrolment(_where(learner), 0, learner.who.n, learner.cohort.ends, learner.started, learner.completed, live)
        )
    for since, high_end, by in heads(year):
        found.heads.append(Head(_where(by), 0, since, since if high_end else None))
    return found


def _stands(one: Candidate, day: dt.date) -> str:
    if one.arrives and one.arrives <= day:
        return "arrived"
    return next((step.to for step in reversed(one.steps) if step.day <= day), "")


def _where(by: Candidate | Learner) -> dict[str, str]:
    if isinstance(by, Learner):
        said, segment, district = READ[by.occupation], by.segment, by.district
    else:
        post = by.post
        said, segment, district = (post.occupation, post.segment, post.district) if post else ("", "", "")
    return {"occupation": said, "level": LEVELS[by.who.title], "segment": segment, "district": district}
