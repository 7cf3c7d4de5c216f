"""`make run`: from a bare machine to a running site; the second time, straight to the site."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

from bin import catalogues, environment, preparation, progress

START_SECONDS = 60.0


def main() -> int:
    """Prepare what is missing, serve until stopped, and return the exit code."""
    try:
        port = chosen_port()
        environment.ensure("runtime")
        catalogues.compile_catalogues()
        preparation.prepare(with_demonstration=os.environ.get("DEMO") != "no")
        return serve(port)
    except progress.StepFailedError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped. The same command continues where this one ended.")
        return 130


def chosen_port() -> int:
    """The port of the setting PORT.

    Raises StepFailedError when it is no port number, or when something else listens there.
    """
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise progress.StepFailedError(
            f"Stopped because PORT is “{text}”, which is no port number: choose one between 1024 and 65535."
        )
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise progress.StepFailedError(
                f"Stopped because port {port} cannot be used ({error.strerror}): stop the other program, or choose "
                f"another port with “make run PORT={port + 1 if port < 65535 else 8000}”."
            ) from error
    return port


def serve(port: int) -> int:
    """Start the site, say where it is, and wait for its end."""
    command = [
        environment.tool("gunicorn"),
        "--config",
        "gunicorn.conf.py",
        "app:create_app()",
    ]
    server = subprocess.Popen(
        command, cwd=progress.ROOT, env={**os.environ, "PORT": str(port)}
    )
    try:
        wait_until_ready(server, port)
        progress.say(f"\nHomeward is running at http://127.0.0.1:{port}\n")
        progress.say(accounts())
        progress.say("Stop it with Ctrl+C.")
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(server)


def accounts() -> str:
    """The demonstration accounts, as text for the terminal; nothing where there are none."""
    command = [environment.tool("flask"), "--app", "app", "seed", "accounts", "--show"]
    answer = subprocess.run(
        command, cwd=progress.ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.rstrip() + "\n" if answer.returncode == 0 else ""


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    """Return when the site answers; raises StepFailedError when it ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise progress.StepFailedError(
                "Stopped because the site ended while starting: read the messages above, mend their cause, then run "
                "the same command again."
            )
        if answers(port):
            return
        time.sleep(0.1)
    raise progress.StepFailedError(
        f"Stopped because the site did not answer within {START_SECONDS:.0f} s: look whether the machine is "
        "overloaded, then run the same command again."
    )


def answers(port: int) -> bool:
    """Whether /healthz is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server politely, then firmly."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    progress.stop_on_sigterm()
    sys.exit(main())
