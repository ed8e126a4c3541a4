"""The site over HTTP for tests, from threads of the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings


class Listener(ThreadedWSGIServer):
    """Django's, with room for fifty callers who knock at once; it has room for ten, and resets the others."""

    request_queue_size = 128


class Threads(LiveServerThread):
    """The site from threads of this process."""

    server_class = Listener


@contextmanager
def serving() -> Iterator[str]:
    """The site on the database that this process is connected to; its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    with override_settings(ALLOWED_HOSTS=["127.0.0.1", *settings.ALLOWED_HOSTS]):
        thread = Threads("127.0.0.1", StaticFilesHandler)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()
