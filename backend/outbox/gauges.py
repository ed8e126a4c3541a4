"""What operations counts of the outbox."""

from backend.doctor.gauges import gauge

_WAITING = "FROM effect WHERE done_at IS NULL AND set_aside_at IS NULL"

gauge("shugu_outbox_waiting", "Effects that are to be carried out.", f"SELECT count(*) {_WAITING}")
gauge(
    "shugu_outbox_oldest_seconds",
    "How long the oldest effect that is to be carried out has waited.",
    f"SELECT coalesce(extract(epoch FROM shugu_now() - min(stated_at)), 0) {_WAITING}",
)
gauge(
    "shugu_outbox_set_aside",
    "Effects that were given up within a day.",
    "SELECT count(*) FROM effect WHERE done_at IS NULL AND set_aside_at > shugu_now() - interval '1 day'",
)
