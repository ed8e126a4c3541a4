"""On which day a rung goes out and when it has to wait, as the documentation says it, by a calendar of the tests."""

import datetime as dt

from tests.programs.reminders.years.story import DAY, SHANGHAI, Stage, is_working_day, working_day


def at(day: dt.date, hour: int) -> dt.datetime:
    """A moment in Guiyang."""
    return dt.datetime.combine(day, dt.time(hour), SHANGHAI)


def day_of(stage: Stage, day: dt.date) -> dt.date:
    """The day of a rung of which the clock starts on ``day``."""
    if stage.calendar_days:
        day += DAY * stage.days
        while stage.working_days_only and not is_working_day(day):
            day += DAY if stage.days > 0 else -DAY
        return day
    if stage.days == 0 and not is_working_day(day):
        return working_day(day, -1)
    return working_day(day, stage.days)


def must_wait(stage: Stage, now: dt.datetime) -> bool:
    """Whether a rung has to wait at a moment: a day off, or quiet hours."""
    if stage.working_days_only and (
        not is_working_day(now.date()) or (now.hour < 9 and not is_working_day(now.date() - DAY))
    ):
        return True
    if stage.quiet is None:
        return False
    first, last = stage.quiet
    return first <= now.hour < last if first <= last else now.hour >= first or now.hour < last
