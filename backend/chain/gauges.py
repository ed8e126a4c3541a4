"""What operations counts of the audit trail."""

from backend.doctor.gauges import gauge

_UNSEALED = "FROM audit_entry WHERE id > coalesce((SELECT max(highest) FROM audit_seal), 0)"
_LAST = "FROM audit_examination ORDER BY id DESC LIMIT 1"

gauge("shugu_audit_unsealed", "Entries of the trail that came after the last seal.", f"SELECT count(*) {_UNSEALED}")
gauge(
    "shugu_audit_unsealed_oldest_seconds",
    "How long the first entry after the last seal has waited.",
    f"SELECT coalesce(extract(epoch FROM shugu_now() - min(at)), 0) {_UNSEALED}",
)
gauge(
    "shugu_audit_whole", "Whether the last examination found the trail whole.", f"SELECT (broken IS NULL)::int {_LAST}"
)
gauge(
    "shugu_audit_examined_timestamp_seconds",
    "When the trail was last examined.",
    f"SELECT extract(epoch FROM at) {_LAST}",
)
