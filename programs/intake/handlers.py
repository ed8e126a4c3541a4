"""The jobs of intake. The engine is imported inside: it must not be loaded in the process that forks the workers."""

from backend.jobs.models import Job
from backend.jobs.services import Run, handles, queue
from backend.outbox.services import subscribe
from programs.intake.columns import TEMPLATE
from programs.intake.services import REPLAY
from programs.intake.templates.talent import TALENT_RECORDS
from programs.intake.templates.template import register
from programs.intake.waiting import REASSESS, queue_waiting
from programs.submissions.models import Submission
from programs.submissions.services import CHECK, COMMIT, fail

IDENTIFY = "people.identify"

register(TALENT_RECORDS)


@handles(CHECK)
def check_submission(run: Run) -> dict:
    """Reads and checks the job's submission."""
    from programs.intake.checking import check

    return check(run, *_subject(run))


@handles(COMMIT)
def commit_submission(run: Run) -> dict:
    """Takes the good rows of the job's submission into the books."""
    from programs.intake.committing import commit

    return commit(run, *_subject(run))


@handles(REASSESS)
def reassess_submission(run: Run) -> dict:
    """Checks the job's submission again, since what it waited for is there."""
    from programs.intake.checking import go_on

    return go_on(run, *_subject(run))


@subscribe("cohort.granted")
def go_on_where_it_stood(request_id: int) -> None:
    """A cohort that was asked for exists: what waited for it is checked again."""
    queue_waiting(request_id=request_id)


@subscribe("submission.committed")
def identify_later(submission_id: int) -> None:
    """The persons that a submission of records brought are compared with everybody, by a job of its own."""
    if Submission.objects.filter(pk=submission_id, template=TEMPLATE).exists():
        queue(kind=IDENTIFY, subject_id=submission_id, organisation_id=None)


@handles(IDENTIFY, behind=(CHECK, COMMIT))
def identify_persons(run: Run) -> dict:
    """Compares the persons of the job's submission with everybody on the books, when no clerk waits for the worker."""
    from programs.intake.identifying import identify

    if run.job.subject_id is None:
        raise ValueError(f"job {run.job.pk} names no submission")
    return identify(run, run.job.subject_id)


@handles(REPLAY)
def replay_rule(run: Run) -> dict:
    """Tries a rule on past submissions."""
    from programs.intake.replaying import replay

    if run.job.subject_id is None:
        raise ValueError(f"job {run.job.pk} names no replay")
    return replay(run, run.job.subject_id)


def _subject(run: Run) -> tuple[int, int]:
    """The job's submission and the organisation whose scope it is done in."""
    job = run.job
    if job.subject_id is None or job.organisation_id is None:
        raise ValueError(f"job {job.pk} names no submission")
    return job.subject_id, job.organisation_id


@subscribe("job.failed")
def give_up(job_id: int) -> None:
    """A submission whose job was given up is failed, so that it does not stand in the way of the same file."""
    job = Job.objects.get(pk=job_id)
    if job.kind in (CHECK, COMMIT) and job.subject_id is not None:
        fail(submission_id=job.subject_id, error=job.error)
