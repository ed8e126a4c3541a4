"""The doctor's look at the settings, the broker, the worker and beat, and the backups."""

import datetime as dt
import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from backend.doctor.registry import Finding, attention, check, well, wrong
from backend.failures import told
from backend.health import backups, heartbeat, probes
from backend.vault import keys
from backend.vault.errors import VaultError

SECRET_CHARACTERS = 50
"""As Django's own check of a deployment has it."""

BACKUP_HOURS = 25
"""A nightly backup, and an hour for taking it."""

LOG_MINUTES = 10
REHEARSAL_DAYS = 8
MEMORY_SHARE = 0.8


def site_host() -> str:
    """The name by which people open the system, as links in mail have it."""
    return urlsplit(settings.SITE_URL).hostname or ""


def for_real_people() -> bool:
    """Whether the system is opened by more than this machine: ``SITE_URL`` names another one."""
    host = site_host()
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host not in ("", "localhost") and not host.endswith(".localhost")


@check("keys", gettext_lazy("Master keys"), rank=0)
def master_keys() -> Iterator[Finding]:
    """``FIELD_KEYS`` can be read."""
    try:
        names = list(keys.master_keys(settings.FIELD_KEYS))
    except VaultError as error:
        yield wrong(str(error), _("Put the value of FIELD_KEYS back as it was kept apart from the backups."))
    else:
        yield well(_("FIELD_KEYS holds %(names)s; the first is active.") % {"names": ", ".join(names)})


@check("data-keys", gettext_lazy("Data keys"), rank=150, needs="database")
def data_keys() -> Iterator[Finding]:
    """The master keys open every data key of the database."""
    try:
        keys.check()
    except VaultError as error:
        yield wrong(
            str(error),
            _("Put the master key back into FIELD_KEYS and restart web, worker and beat; change nothing else before."),
        )
    else:
        yield well(_("FIELD_KEYS opens every data key."))


@check("secret-key", "SECRET_KEY", rank=1)
def secret_key() -> Iterator[Finding]:
    """Long enough, and drawn by chance."""
    secret = settings.SECRET_KEY
    if len(secret) < SECRET_CHARACTERS or len(set(secret)) < 5:
        tell = wrong if for_real_people() else attention
        yield tell(
            _("SECRET_KEY is short or repeats itself; sessions and links could be forged."),
            _("Set it to what “openssl rand -hex 32” prints, and restart; everybody signs in anew."),
        )
    else:
        yield well(_("SECRET_KEY is long enough."))


@check("site", gettext_lazy("Address and hosts"), rank=2)
def site() -> Iterator[Finding]:
    """``SITE_URL`` and ``ALLOWED_HOSTS`` fit each other, and people come by TLS."""
    host, served = site_host(), settings.ALLOWED_HOSTS
    if settings.DEBUG:
        yield wrong(_("DEBUG is on: errors show the inside of the system."), _("Remove DEBUG, and restart."))
    if "*" in served:
        yield wrong(_("ALLOWED_HOSTS lets any name through."), _("Name the hosts that are served, and restart."))
    elif not any(host == name or (name.startswith(".") and f".{host}".endswith(name)) for name in served):
        yield wrong(
            _("SITE_URL leads to %(host)s, which ALLOWED_HOSTS does not serve: links in letters are refused.")
            % {"host": host or settings.SITE_URL},
            _("Add it to ALLOWED_HOSTS, or correct SITE_URL, and restart web, worker and beat."),
        )
    if not for_real_people():
        yield attention(
            _("SITE_URL is this machine's own, %(url)s: right for a trial only.") % {"url": settings.SITE_URL},
            _("Set SITE_URL to the address by which people open the system before it holds real people."),
        )
    elif not settings.SITE_URL.startswith("https://"):
        yield wrong(
            _("SITE_URL is without TLS: passwords and names cross the network in the clear."),
            _("Have a proxy end TLS, set SITE_URL to https://…, and restart."),
        )
    else:
        yield well(_("People come to %(url)s.") % {"url": settings.SITE_URL})


@check("proxies", gettext_lazy("Proxies"), rank=3)
def proxies() -> Iterator[Finding]:
    """Behind TLS somebody ends it, whose word about the client is believed."""
    if settings.SITE_URL.startswith("https://") and settings.TRUSTED_PROXIES < 1:
        yield wrong(
            _("TRUSTED_PROXIES is 0 although a proxy ends TLS: forms are refused, and all clients count as one."),
            _("Set TRUSTED_PROXIES to the number of proxies that add to X-Forwarded-For, and restart web."),
        )
    else:
        yield well(_("The word of %(count)d proxies is believed.") % {"count": settings.TRUSTED_PROXIES})


@check("demonstration", gettext_lazy("Demonstration"), rank=4)
def demonstration() -> Iterator[Finding]:
    """Logins whose password everybody knows are not where real people are."""
    if not settings.DEMO:
        yield well(_("DEMO is off."))
    elif for_real_people():
        yield wrong(
            _("DEMO is on at %(host)s: everybody knows the demonstration's password.") % {"host": site_host()},
            _("Set DEMO=0 and restart; deactivate the demonstration's users on the page “Users”."),
        )
    else:
        yield attention(_("DEMO is on."), _("Start with DEMO=0 before real people are entered."))


@check("mail-server", gettext_lazy("Mail server"), rank=5)
def mail_server() -> Iterator[Finding]:
    """Letters leave this machine where they are meant to."""
    host = urlsplit(settings.EMAIL_URL).hostname or ""
    if for_real_people() and host in ("", "localhost", "127.0.0.1", "::1"):
        yield attention(
            _("EMAIL_URL is a server of this machine."),
            _("See that it passes letters on, or set EMAIL_URL to the bureau's mail server, and restart the worker."),
        )
    else:
        yield well(_("Letters go to %(host)s.") % {"host": host})


@check("broker", gettext_lazy("Broker"), rank=200)
def broker() -> Iterator[Finding]:
    """Valkey answers, keeps its queue over a restart, and refuses rather than forgets."""
    try:
        with heartbeat.client() as connection:
            told_of = {**connection.info("persistence"), **connection.info("memory")}
    except RedisError as error:
        yield wrong(
            _("The broker at %(place)s does not answer (%(error)s): what is handed in waits.")
            % {"place": _place(settings.REDIS_URL), "error": type(error).__name__},
            _("Start Valkey, or correct REDIS_URL. Nothing is lost: what waits is rung for again within seconds."),
            stops=True,
        )
        return
    faults = list(_of_broker(told_of))
    yield from faults or [well(_("It answers, keeps its queue and drops nothing."))]


def _of_broker(said: dict[str, object]) -> Iterator[Finding]:
    if not int(str(said.get("aof_enabled", 0))):
        yield attention(
            _("The broker does not keep its queue over a restart (appendonly is off)."),
            _("Set “appendonly yes” as in deploy/valkey.conf, and restart it."),
        )
    elif said.get("aof_last_write_status") != "ok":
        yield wrong(_("The broker cannot write its queue down."), _("Look at its disk, and at its log."))
    if said.get("maxmemory_policy") != "noeviction":
        yield wrong(
            _("The broker drops bells when its memory is full (%(policy)s).")
            % {"policy": said.get("maxmemory_policy")},
            _("Set “maxmemory-policy noeviction” as in deploy/valkey.conf, and restart it."),
        )
    most, used = int(str(said.get("maxmemory", 0))), int(str(said.get("used_memory", 0)))
    if most and used > MEMORY_SHARE * most:
        yield attention(
            _("The broker uses %(share)d %% of the memory that it may have.") % {"share": 100 * used // most},
            _("See whether workers keep up, and give it more by maxmemory."),
        )


@check("worker", gettext_lazy("Worker"), rank=201, needs="broker")
def worker() -> Iterator[Finding]:
    """A worker takes work."""
    try:
        probes.worker()
    except probes.NoWorker:
        yield wrong(
            _("No worker has been heard of for %(seconds)d seconds: uploads are taken and not checked.")
            % {"seconds": heartbeat.LASTS_SECONDS},
            _("Start it (“docker compose up --detach worker”, or “make run”) and read its log."),
        )
    else:
        yield well(_("A worker takes work."))


@check("beat", gettext_lazy("Beat"), rank=202, needs="broker")
def beat() -> Iterator[Finding]:
    """Beat rings by the clock."""
    with heartbeat.client() as connection:
        heard = connection.exists(heartbeat.beat_key())
    if heard:
        yield well(_("Beat rings by the clock."))
    else:
        yield wrong(
            _("Beat has not been heard of for %(seconds)d seconds: reminders and the nightly work wait.")
            % {"seconds": heartbeat.BEAT_LASTS_SECONDS},
            _("Start it (“docker compose up --detach beat”, or “make run”) and read its log."),
        )


@check("backups", gettext_lazy("Backups"), rank=300, needs="broker")
def last_backup() -> Iterator[Finding]:
    """The last one is of last night, the log is being received, and one was proved lately."""
    said, now = backups.last(), dt.datetime.now(dt.UTC)
    grave = wrong if for_real_people() else attention
    if "backup_at" not in said:
        yield grave(
            _("No backup is known of."),
            _("Set BACKUP_FOLDER to another disk or machine and start the caretaker; “make backup” takes one now."),
        )
        return
    at = dt.datetime.fromisoformat(said["backup_at"])
    if now - at > dt.timedelta(hours=BACKUP_HOURS):
        yield grave(
            _("The last backup is %(age)s old.") % {"age": timesince(at, now)},
            _("Read the log of the service “backup”, see whether its disk is full, and take one by “make backup”."),
        )
    else:
        yield well(_("The last backup is %(age)s old.") % {"age": timesince(at, now)})
    if "received_until" in said:
        received = dt.datetime.fromisoformat(said["received_until"])
        if now - received > dt.timedelta(minutes=LOG_MINUTES):
            yield grave(
                _("The log was last received %(age)s ago.") % {"age": timesince(received, now)},
                _("Start the caretaker of the backups, and see that its login may replicate."),
            )
    rehearsed = said.get("rehearsed_at")
    if rehearsed is None or now - dt.datetime.fromisoformat(rehearsed) > dt.timedelta(days=REHEARSAL_DAYS):
        yield attention(
            _("No backup was rehearsed within %(days)d days.") % {"days": REHEARSAL_DAYS}, _("Run “make rehearsal”.")
        )
    elif not said.get("proved"):
        yield grave(
            _("The last rehearsal did not prove the backup."),
            _("Read its report in BACKUP_FOLDER/rehearsals, mend the cause, take a new backup and rehearse that."),
        )


def _place(address: str) -> str:
    """Host and port of an address, without what signs in there."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.hostname else told(ValueError(parts.scheme))
