"""``/healthz``, ``/readyz`` and ``/metrics``, for load balancers and monitors: no login, no transaction."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from backend.doctor import gauges
from backend.health import backups, heartbeat, probes


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, broker and a worker are there; 503 that names what is not."""
    found = probes.findings()
    well = all(finding.ok for finding in found.values())
    checks = {
        name: {"status": "ok"} if finding.ok else {"status": "down", "detail": finding.detail}
        for name, finding in found.items()
    }
    body = {"status": "ok" if well else "down", "checks": checks}
    # For whoever reads it; a system whose backups are late still serves.
    if told := backups.last():
        body["backups"] = told
    return JsonResponse(body, status=200 if well else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text form; of all web processes where ``PROMETHEUS_MULTIPROC_DIR`` names a folder they share."""
    answer = ExportToDjangoView(request)
    for exposed in (backups.exposed, heartbeat.exposed, gauges.exposed):
        answer.write(exposed())
    return answer
