"""`make run` before it starts the site: which port it takes."""

import socket

import pytest

from bin import progress, run


def test_it_listens_on_8000_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(socket.socket, "bind", lambda *_: None)
    assert run.chosen_port() == 8000


@pytest.mark.parametrize("text", ["eight", "0", "70000", "-1", "80.5"])
def test_it_refuses_what_is_no_port(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(progress.StepFailedError, match="is no port number"):
        run.chosen_port()


def test_it_names_another_port_when_the_port_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(progress.StepFailedError, match=f"PORT={port + 1}"):
            run.chosen_port()
