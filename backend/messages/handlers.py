"""Who carries which channel, imported in every process so that each finds them there; and who hears of failures."""

from backend.jobs.models import Job
from backend.jobs.services import FAILED
from backend.messages import alarms, smtp
from backend.messages.endpoints import webhooks
from backend.messages.inbox import carrying as inbox
from backend.messages.robots import carrying as robots
from backend.outbox.models import Effect
from backend.outbox.services import SET_ASIDE, subscribe
from backend.vault.columns import seals

seals("endpoint", "address", "secret", "previous_secret")

CARRIERS = (smtp, webhooks, robots, inbox)


@subscribe(FAILED)
def tell_of_job(job_id: int) -> None:
    """A job has failed for good: administrators hear of it."""
    alarms.of_job(Job.objects.get(pk=job_id))


@subscribe(SET_ASIDE)
def tell_of_effect(effect_id: int) -> None:
    """An effect was set aside: administrators hear of it."""
    alarms.of_effect(Effect.objects.get(pk=effect_id))
