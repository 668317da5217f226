"""How gunicorn serves the dashboard: `gunicorn dashboard.wsgi`. BIND, PORT, WEB_WORKERS and WEB_THREADS may change it."""

import os

from dashboard.sight import workers as figures

# This machine alone, unless told otherwise: a container and a host behind a proxy set BIND.
bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))  # they mostly wait for Copper
timeout = 60  # seconds; a page waits for Copper up to 18 with the default settings
graceful_timeout = 30  # seconds to finish what is being sent
keepalive = 15  # seconds
max_requests, max_requests_jitter = 10_000, 1_000
control_socket_disable = True  # on by default since 25.1; nothing here needs one
accesslog = None  # the query holds what people search for

logger_class = "dashboard.sight.server_log.ServerLog"
figures.share_figures()  # before anything counts


def on_starting(_server: object) -> None:
    """Stop before any worker is started where a setting is wrong: its line is all that is printed."""
    figures.forget_former()
    import dashboard.wsgi  # noqa: F401 - importing it checks the settings


def child_exit(_server: object, worker: object) -> None:
    """Take what a worker that ended had under way out of the figures."""
    figures.forget_worker(worker.pid)  # type: ignore[attr-defined] # gunicorn has no types
