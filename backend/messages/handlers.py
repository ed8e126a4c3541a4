"""Who carries which channel: imported in every process, so that each finds the carriers there."""

from backend.messages import smtp
from backend.messages.endpoints import webhooks
from backend.messages.inbox import carrying as inbox
from backend.messages.robots import carrying as robots
from backend.vault.columns import seals

seals("endpoint", "address", "secret", "previous_secret")

CARRIERS = (smtp, webhooks, robots, inbox)
