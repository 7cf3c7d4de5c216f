"""How gunicorn serves the site; `make run` uses it, and so can a deployment."""

import gc
import os
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# One process: the embedded database has one writer, and the queue's threads live beside the pages.
workers = 1
worker_class = "gthread"
threads = 8
timeout = 120
keepalive = 5
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning")
accesslog = None  # addresses hold the secrets of answer links and status codes
control_socket_disable = True


def post_worker_init(worker: Any) -> None:  # noqa: ARG001 – gunicorn passes it by this name
    """Start the background queue in the process that serves, where JOBS says so."""
    from directory import jobs  # noqa: PLC0415 – after the fork, with the application

    if jobs.settings().jobs == "threads":
        jobs.start_threads()
    # What is loaded by now stays: a full collection over it would cost some request 100 ms.
    gc.collect()
    gc.freeze()
