"""What operations counts of the ledger."""

from backend.doctor.gauges import gauge

_LAST = "FROM recount_result ORDER BY id DESC LIMIT 1"

gauge(
    "shugu_settle_waiting", "Marks of changed persons that wait for the settler.", "SELECT count(*) FROM person_change"
)
gauge(
    "shugu_settle_oldest_seconds",
    "How long the oldest mark of a changed person has waited.",
    "SELECT coalesce(extract(epoch FROM shugu_now() - min(at)), 0) FROM person_change",
)
gauge(
    "shugu_ledger_lag_seconds",
    "How far the ledger's horizon lies back while something waits to be posted; 0 where nothing does.",
    "SELECT CASE WHEN EXISTS (SELECT FROM person_change)"
    " THEN coalesce((SELECT extract(epoch FROM shugu_now() - posted_to) FROM book), 0) ELSE 0 END",
)
gauge("shugu_recount_agreed", "Whether the last recount agreed with the ledger.", f"SELECT agrees::int {_LAST}")
gauge(
    "shugu_recount_timestamp_seconds",
    "When everybody was last counted afresh.",
    f"SELECT extract(epoch FROM counted_at) {_LAST}",
)
