"""What the demonstration shows in the terminal."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from backend.clock import BUREAU
from backend.embedded.mail import Received
from programs.periods.models import Obligation
from programs.reminders.models import Reminder

WIDE = 120
REMINDER_COLOURS = {"sent": "green", "cancelled": "bright_black", "skipped": "bright_black", "failed": "bold red"}
COLOURS = {"fatal": "bold red", "error": "red", "warning": "yellow"}


class Bar:
    """One bar that follows a submission's status and progress."""

    def __init__(self, progress: Progress, text: str) -> None:
        self._progress = progress
        self._bar = progress.add_task(text, total=None)

    def follow(self, submission: dict[str, Any]) -> dict[str, Any]:
        """Shows where ``submission`` is, and hands it back."""
        done, total = submission["progress"]["done"], submission["progress"]["total"]
        text = status_text(submission["status"])
        self._progress.update(self._bar, description=text, completed=done, total=total or None)
        return submission

    def end(self, text: str) -> None:
        """Fills the bar and leaves it standing under ``text``."""
        total = self._progress.tasks[0].total or 1
        self._progress.update(self._bar, description=text, completed=total, total=total)


class Screen:
    """Steps, bars and tables on one console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._step = 0

    def title(self, title: str, text: str) -> None:
        self.console.print(Panel(text, title=f"[bold]{title}[/]", title_align="left", border_style="blue"))

    def step(self, text: str) -> None:
        self._step += 1
        self.console.print(f"\n[bold blue]{self._step}.[/] [bold]{text}[/]")

    def say(self, text: str) -> None:
        self.console.print(Text(f"   {text}"))

    @contextmanager
    def bar(self, text: str) -> Iterator[Bar]:
        with Progress(
            TextColumn("  "),
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self.console,
            refresh_per_second=12,
        ) as progress:
            yield Bar(progress, text)

    def summary(self, rows: Sequence[dict[str, Any]]) -> None:
        """Findings by rule."""
        # What to do is worth its place only where it does not make three lines of one.
        wide = self.console.width >= WIDE
        table = self._table(_("Rule"), _("Rows"), _("What was found"), *([_("What to do")] if wide else []))
        for row in rows:
            colour = COLOURS.get(row["severity"], "")
            guidance = [row["guidance"]] if wide else []
            table.add_row(f"[{colour}]{row['rule']}[/]", str(row["occurrences"]), row["title"], *guidance)
        self.console.print(table)

    def findings(self, rows: Sequence[dict[str, Any]]) -> None:
        """Some findings, as the clerk who sent the file sees them."""
        table = self._table(_("Row"), _("Column"), _("Value"), _("Rule"), _("Message"))
        for row in rows:
            place = _("file") if row["row"] is None else str(row["row"])
            colour = COLOURS.get(row["severity"], "")
            table.add_row(
                place,
                row["header"] or "",
                Text(row["value"] or ""),
                f"[{colour}]{row['rule']}[/]",
                Text(row["message"]),
            )
        self.console.print(table)

    def counts(self, counts: dict[str, int]) -> None:
        """A submission's counts, in one line."""
        self.say(
            _(
                "%(rows)d rows: %(accepted)d accepted (%(warned)d with a warning), %(unchanged)d unchanged, "
                "%(rejected)d rejected"
            )
            % {
                "rows": counts["rows"],
                "accepted": counts["accepted"],
                "warned": counts["accepted_with_warnings"],
                "unchanged": counts["unchanged"],
                "rejected": counts["rejected"],
            }
        )

    def targets(self, rows: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """Each target before and after; its name comes with it."""
        table = self._table(
            _("Target"), _("Goal"), _("Before"), _("After"), _("Remaining"), _("Completion"), _("Time elapsed")
        )
        for name, before, after in rows:
            gained = after["achieved"] - before["achieved"]
            table.add_row(
                name,
                f"{after['goal']:,}",
                f"{before['achieved']:,}",
                f"[bold green]{after['achieved']:,}[/]" + (f" (+{gained:,})" if gained else ""),
                f"{after['remaining']:,}",
                percent(after["completion_rate"]),
                percent(after["elapsed_rate"]),
            )
        self.console.print(table)

    def breakdown(self, title: str, rows: Sequence[dict[str, Any]]) -> None:
        """A figure taken apart, the largest part first, with bars."""
        table = self._table(title, _("People"), "")
        most = max((row["achieved"] for row in rows), default=0) or 1
        for row in sorted(rows, key=lambda row: -row["achieved"]):
            table.add_row(row["label"], f"{row['achieved']:,}", f"[blue]{'█' * round(30 * row['achieved'] / most)}[/]")
        self.console.print(table)

    def owed(self, rows: Sequence[dict[str, Any]], today: dt.date) -> None:
        """Obligations, and how far off their due days are."""
        table = self._table(_("Organisation"), _("Period"), _("Due on"), _("State"), "")
        for row in rows:
            missing = row["state"] == Obligation.State.MISSING
            days = (dt.date.fromisoformat(row["due_on"]) - today).days
            colour = "red" if row["overdue"] else "yellow" if missing else "green"
            state = f"[{colour}]{Obligation.State(row['state']).label}[/]"
            what = row["period"]
            if row["kind"] != Obligation.Kind.REPORTING:
                what = f"{what} · {Obligation.Kind(row['kind']).label}"
            table.add_row(row["organisation"], what, row["due_on"], state, days_text(days) if missing else "")
        self.console.print(table)

    def ladder(self, rows: Sequence[dict[str, Any]]) -> None:
        """Reminders, or what would become reminders, in the order in which they go out."""
        table = self._table(_("Goes out"), _("Recipient"), _("State"), _("Note"))
        for row in rows:
            state = row.get("state")
            colour = REMINDER_COLOURS.get(state or "", "")
            label = f"[{colour}]{Reminder.State(state).label}[/]" if state else _("planned")
            table.add_row(moment(row["due_at"]), row["recipient"], label, Text(row.get("note", "")))
        self.console.print(table)

    def received(self, rows: Sequence[Received]) -> None:
        """Messages as they came in."""
        table = self._table(_("Came in"), _("Recipient"), _("Subject"))
        for row in rows:
            table.add_row(moment(row.at.isoformat()), ", ".join(row.recipients), Text(row.subject))
        self.console.print(table)

    def answers(self, rows: Sequence[dict[str, Any]]) -> None:
        """What a mail server said to each message."""
        table = self._table(_("Recipient"), _("Subject"), _("The server's answer"))
        for row in rows:
            table.add_row(row["recipient"], Text(row["subject"]), Text(row["answer"]))
        self.console.print(table)

    def letter(self, letter: Received) -> None:
        """One message, headers and text."""
        shown = Text()
        for name in ("From", "To", "Subject", "Date", "Message-ID"):
            shown.append(f"{name}: ", style="bold").append(f"{letter.message[name]}\n")
        shown.append(f"\n{letter.text.strip()}")
        self.console.print(Panel(shown, border_style="green"))

    def held(self, text: str) -> None:
        self.console.print(f"   [green]✓[/] {text}")

    def broken(self, text: str) -> None:
        self.console.print(f"   [bold red]✗[/] {text}")

    @staticmethod
    def _table(*headings: str) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
        numeric = {_("Row"), _("Rows"), _("Goal"), _("Before"), _("After"), _("Remaining"), _("People")}
        short = numeric | {_("Rule"), _("Completion"), _("Time elapsed"), _("District"), _("Goes out"), _("Came in")}
        for heading in headings:
            justify: Literal["left", "right"] = "right" if heading in numeric else "left"
            table.add_column(heading, justify=justify, overflow="fold", no_wrap=heading in short)
        return table


def moment(text: str) -> str:
    """A moment, to the minute, in Guiyang."""
    return f"{dt.datetime.fromisoformat(text).astimezone(BUREAU):%Y-%m-%d %H:%M}"


def days_text(days: int) -> str:
    """How far off a due day is."""
    if days > 0:
        return ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days}
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    return _("due today")


def status_text(status: str) -> str:
    """What a submission's status means, in the reader's language."""
    texts = {
        "received": _("received, sealed, waiting for a worker"),
        "checking": _("checking every cell"),
        "checked": _("checked"),
        "committing": _("writing people and records"),
        "accepted": _("accepted"),
        "partly_accepted": _("accepted in part"),
    }
    return texts.get(status, status)


def percent(rate: float | None) -> str:
    """A rate (1 is the whole) as a percentage with one decimal."""
    return "–" if rate is None else f"{rate:.1%}"
