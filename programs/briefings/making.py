"""Making a briefing's files: written and set outside any transaction, and kept by one, all of them or none."""

from typing import Any

from django.utils import timezone, translation

from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.jobs.services import Run
from backend.outbox.services import state
from backend.vault.files.models import SealedFile
from backend.vault.files.services import store
from backend.web.templatetags.web import named
from programs.briefings import selectors
from programs.briefings.kinds import parsed
from programs.briefings.models import Briefing, BriefingFile, Form
from programs.briefings.parts import Document
from programs.briefings.services import take_turn
from programs.briefings.writing import Matter, write
from programs.snapshots.restating import restate

MADE = "briefing.made"


def make(run: Run) -> dict[str, Any]:
    """Makes what a job is for; a second claim finds what the first has kept and makes nothing."""
    with everything():
        found = Briefing.objects.select_related("snapshot__plan", "organisation", "made_by")
        briefing = found.get(pk=run.job.subject_id or 0)
        if briefing.files.exists():
            return {"files": briefing.files.count()}
        documents = describe(briefing)
    made = _set(run, documents)
    with everything():
        return _keep(run, briefing, made)


def describe(briefing: Briefing) -> list[Document]:
    """A briefing in each of its languages, in a transaction that sees everything."""
    snapshot = briefing.snapshot
    before = selectors.before(snapshot)
    found = None
    if before is not None:
        # As it stood when this snapshot was read: made again later, the briefing says the same.
        read_at = max(snapshot.known_at, before.known_at)
        found = restate(actor=briefing.made_by, snapshot=before, known_at=read_at)
    documents = []
    for language in briefing.languages:
        with translation.override(language):
            matter = Matter(
                snapshot=snapshot,
                period=parsed(briefing.period),
                before=before,
                restated=found,
                signed=named(briefing.organisation),
                day=timezone.localdate(briefing.ordered_at),
            )
            documents.append(write(matter))
    return documents


def _set(run: Run, documents: list[Document]) -> dict[tuple[str, str], bytes]:
    # Not above: the engine starts threads, and a worker's pool must not be forked with what it brings.
    from programs.briefings.pdf import picture, set_pdf
    from programs.briefings.word import write_word

    made: dict[tuple[str, str], bytes] = {}
    for document in documents:
        run.progress(len(made), len(documents) * len(Form))
        made[document.language, Form.PDF.value] = set_pdf(document)
        run.progress(len(made), len(documents) * len(Form))
        made[document.language, Form.WORD.value] = write_word(document, picture)
    run.progress(len(made), len(made))
    return made


def _keep(run: Run, briefing: Briefing, made: dict[tuple[str, str], bytes]) -> dict[str, Any]:
    run.hold()
    take_turn()
    digests = {}
    for (language, form), data in made.items():
        sealed = store(organisation_id=briefing.organisation_id, purpose=SealedFile.Purpose.BRIEFING, data=data)
        BriefingFile.objects.create(briefing=briefing, language=language, form=form, file=sealed)
        digests[f"{language}.{form}"] = sealed.sha256
    enter_audit(
        action="briefing.make",
        subject=briefing,
        detail={"period": briefing.period, "files": digests},
        actor=briefing.made_by,
    )
    state(topic=MADE, subject_id=briefing.pk)
    result = {"files": len(digests)}
    run.finish(result)
    return result
