"""What operations counts of what goes out."""

from backend.doctor.gauges import gauge

gauge(
    "shugu_deliveries",
    "Messages that are due, that should have left ten minutes ago, and that failed within a day, of the last 20,000.",
    "SELECT 'due', count(*) FROM delivery WHERE next_try_at <= shugu_now() AND state IN ('queued', 'sending')"
    " UNION ALL SELECT 'late', count(*) FROM delivery"
    " WHERE next_try_at < shugu_now() - interval '10 minutes' AND state IN ('queued', 'sending')"
    " UNION ALL SELECT 'failed', count(*) FROM delivery WHERE id > (SELECT max(id) - 20000 FROM delivery)"
    " AND state = 'failed' AND answered_at > shugu_now() - interval '1 day'",
    label="state",
)
gauge(
    "shugu_addresses_suppressed",
    "Addresses that a mail server refused, to which nothing goes any more.",
    "SELECT count(*) FROM suppressed_address",
)
