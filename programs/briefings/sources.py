"""What a briefing says of where its figures come from, and of what was restated since the snapshot before."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from backend.web.templatetags.web import moment, named
from programs.briefings import wording
from programs.briefings.numbers import heads, signed
from programs.briefings.parts import Block, Column, Paragraph, Span, Table, Text, filled
from programs.briefings.references import References
from programs.snapshots import telling
from programs.snapshots.models import Snapshot
from programs.snapshots.restating import Restatement


def restated(snapshot: Snapshot, found: Restatement | None) -> Iterator[Block]:
    """The snapshot before as it was published, beside the same day as the books had it when this one was read."""
    if found is None:
        yield Paragraph(filled(_("Nothing was published of the plan before, so nothing was restated.")))
        return
    to = References(found.snapshot)
    link = to.restated(snapshot.known_at)
    lead = filled(
        _(
            "As of the same day %(day)s, what snapshot No. %(number)s published stands beside what was known of it when"
            " this one was read."
        ),
        day=wording.on(found.snapshot.as_of),
        number=Span(str(found.snapshot.number), to.page()),
    )
    yield Paragraph(lead)
    columns = (
        Column(_("Target"), 2.4, number=False),
        Column(_("As published")),
        Column(_("As now known")),
        Column(_("More or fewer")),
    )
    rows = []
    for one in found.targets:
        then = Span(heads(one.then["achieved"]), to.target(one.code))
        if one.now is None:
            rows.append(((Span(named(one)),), (then,), (Span("—"),), (Span("—"),)))
            continue
        now, delta = Span(heads(one.now["achieved"]), link), Span(signed(one.delta), link)
        rows.append(((Span(named(one)),), (then,), (now,), (delta,)))
    yield Table(_("What was published before, as now known"), columns, tuple(rows))
    changed = [one for one in found.targets if one.changed]
    if not changed:
        yield Paragraph(filled(_("Nothing that it published has changed.")))
    for one in changed:
        yield Paragraph((Span(telling.told_of(found, one), link),))
    if found.rule_changed:
        yield Paragraph((Span(telling.paragraphs(found)[-1], link),))


def told(snapshot: Snapshot) -> Iterator[Block]:
    """Which snapshot, as of which day, as known when, by which rule, and how that is examined."""
    to = References(snapshot)
    yield Paragraph(
        filled(
            _("Every figure in this briefing is that of snapshot No. %(number)s, and a link to where it is opened."),
            number=Span(str(snapshot.number), to.page()),
        )
    )
    number = _("No. %(number)s") % {"number": snapshot.number}
    facts: list[tuple[str, Text]] = [
        (_("Snapshot"), (Span(number, to.page()), Span(f" {snapshot.title}"))),
        (_("As of the day"), (Span(snapshot.as_of.isoformat(), to.page()),)),
        (_("As known at"), (Span(moment(snapshot.known_at), to.page()),)),
        (_("Published"), (Span(f"{moment(snapshot.published_at)}, {snapshot.publisher}", to.page()),)),
        (_("Digest (SHA-256)"), (Span(_in_two(snapshot.digest), to.canonical()),)),
        (_("Rule of who counts"), (Span(_in_two(snapshot.rule), to.page()),)),
    ]
    columns = (Column(_("What"), 1.2, number=False), Column(_("Value"), 3.4, number=False))
    yield Table(_("The snapshot"), columns, tuple(((Span(name),), value) for name, value in facts))
    yield Paragraph(wording.pending(snapshot, to.page()))
    yield Paragraph(
        filled(
            _(
                "Whoever takes the SHA-256 of the %(file)s gets the digest, which the audit trail noted when it was"
                " published."
            ),
            file=Span(_("snapshot’s canonical form"), to.canonical()),
        )
    )


def _in_two(digest: str) -> str:
    """A digest with a place where a line may end."""
    half = len(digest) // 2
    return f"{digest[:half]} {digest[half:]}"
