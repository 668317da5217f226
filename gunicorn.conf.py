"""How gunicorn serves the dashboard: `gunicorn dashboard.wsgi`.

BIND, PORT, WEB_WORKERS, WEB_THREADS and WEB_GRACEFUL_SECONDS in the environment may change it.
"""

import gc
import os
import signal
import sys

from django.conf import settings
from django.utils.functional import empty
from gunicorn.http.errors import InvalidHeader

from dashboard import reloading, serving
from dashboard.operations import worker_metrics
from dashboard.worker import DrainingWorker
from tickets_app.export import room

bind = serving.BIND
worker_class = "dashboard.worker.DrainingWorker"
workers, threads = serving.WORKERS, serving.THREADS
worker_connections = serving.connections()
timeout = 60  # seconds; a page waits for Copper up to 18 with the default settings
graceful_timeout = serving.GRACEFUL_SECONDS
keepalive = 15  # seconds; longer than nginx keeps an unused connection to us open
backlog = 256  # connections that wait; more would wait longer than anybody looks at a page
control_socket_disable = True  # on by default since 25.1; nothing here needs one
accesslog = None  # the query holds what people search for
limit_request_line = (
    0  # dashboard/readable.py says with a page that an address is too long; dashboard/arriving.py ends the rest
)
# Who may say "this came over https" is decided in one place, dashboard/proxy.py (TRUSTED_PROXIES), not here as well.
forwarded_allow_ips = ""
# The workers' heartbeat is a file. In memory, no slow disk is taken for a dead worker, and the root may be read-only.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a mount, no file  # nosec B108

logger_class = "dashboard.operations.server_log.ServerLog"
worker_metrics.share_figures()  # before anything counts


def on_starting(server: object) -> None:
    """Stop before any worker is started where a setting is wrong: its line is all that is printed."""
    worker_metrics.forget_former()
    room.forget_former()
    if status := reloading.check():
        sys.exit(status)
    reloading.attach(server)


def pre_fork(_server: object, worker: DrainingWorker) -> None:
    """A worker that is told to end as it begins ends as well."""
    worker.hold_signals()


def post_fork(_server: object, _worker: object) -> None:
    """A worker has the code and the settings of now: what the server's own process loaded of them, for its log, goes."""
    settings._wrapped = empty
    ours = {"audit", "dashboard", "tickets_app", os.environ["DJANGO_SETTINGS_MODULE"].partition(".")[0]}
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]


def post_worker_init(_worker: object) -> None:
    """Look for garbage less often, and never again at what was loaded to stay.

    Tickets under way are many objects that go by themselves: in an export, looking at them was a sixth of all the work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    sys.setswitchinterval(0.001)  # seconds that a thread which computes keeps the others waiting: an export, a page


def pre_request(_worker: object, request: object) -> None:
    """Refuse HTTP/1.1 without a host (RFC 9112, 3.2), which gunicorn lets through and Django takes for our own name."""
    names = {name for name, _value in request.headers}  # type: ignore[attr-defined]  # gunicorn has no types
    if request.version >= (1, 1) and "HOST" not in names:  # type: ignore[attr-defined]  # as above
        raise InvalidHeader("HOST")


def worker_exit(_server: object, worker: object) -> None:
    """A worker that has ended its work is not cut short: after a reload gunicorn tells it each second to end."""
    pid: int = worker.pid  # type: ignore[attr-defined] # gunicorn has no types
    if pid == os.getpid():  # the server's own process calls this, too
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def child_exit(_server: object, worker: object) -> None:
    """Take what a worker that ended had under way out of the figures, and off the disk: it may have been killed."""
    pid: int = worker.pid  # type: ignore[attr-defined] # gunicorn has no types
    worker_metrics.forget_worker(pid)
    room.give_back(pid)
