"""What operations counts of the jobs."""

from backend.doctor.gauges import gauge

gauge(
    "shugu_jobs",
    "Jobs that are queued, that are running, and that failed within a day.",
    "SELECT wanted.state, (SELECT count(*) FROM job WHERE job.state = wanted.state"
    "   AND (job.state <> 'failed' OR job.finished_at > shugu_now() - interval '1 day'))"
    " FROM unnest(ARRAY['queued', 'running', 'failed']) AS wanted (state)",
    label="state",
)
gauge(
    "shugu_jobs_oldest_seconds",
    "How long the oldest queued job has waited.",
    "SELECT coalesce(extract(epoch FROM shugu_now() - min(created_at)), 0) FROM job WHERE state = 'queued'",
)
gauge(
    "shugu_jobs_without_lease",
    "Jobs under way that nobody has held for two minutes.",
    "SELECT count(*) FROM job WHERE state = 'running'"
    " AND (lease_until IS NULL OR lease_until < shugu_now() - interval '2 minutes')",
)
