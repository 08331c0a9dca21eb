"""Questions asked without the SDK are answered as the SDK's are: the same functions on the same engine, by both."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Lab
from voltui.engine.connection import Connection
from voltui.engine.endpoint import Endpoint
from voltui.engine.reader import Reader, SocketReader
from voltui.model.errors import Failed, NoEngine, NotFound

QUESTIONS: dict[str, Callable[[Reader], Any]] = {
    "version": lambda api: api.version(),
    "version of no version": lambda api: api.version(api_version=False),
    "volumes": lambda api: api.volumes(),
    "volumes of a name": lambda api: api.volumes(filters={"name": "dat"}),
    "a volume": lambda api: api.inspect_volume("data"),
    "running containers": lambda api: api.containers(),
    "all containers": lambda api: api.containers(all=True),
    "containers of a name": lambda api: api.containers(all=True, filters={"name": ["app"]}),
    "a container": lambda api: api.inspect_container("app"),
    "no volume": lambda api: api.inspect_volume("a volume/of no such name"),
    "no container": lambda api: api.inspect_container("none"),
    "a filter there is not": lambda api: api.containers(filters={"none": "such"}),
}


@pytest.fixture
async def connection(lab: Lab) -> Connection:
    await lab.engine.create_volume("data", labels={"a": "é"})
    await lab.container("app", ["data:/data"])
    return lab.engine.connection


@pytest.mark.engine
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
async def test_reader_and_sdk_get_the_same_answers(connection: Connection, question: Callable[[Reader], Any]) -> None:
    assert SocketReader.serves(connection.endpoint.host)
    by_reader = await _outcome(connection.read("ask", question))
    by_sdk = await _outcome(connection.call("ask", question))
    assert by_reader == by_sdk


@pytest.mark.engine
async def test_reader_and_sdk_tell_of_the_same_engine(connection: Connection) -> None:
    names = ("ID", "Name", "DockerRootDir", "Labels")
    by_reader = await connection.read("ask", lambda api: api.info())
    by_sdk = await connection.call("ask", lambda api: api.info())
    assert [by_reader[name] for name in names] == [by_sdk[name] for name in names]


async def _outcome(asking: Any) -> Any:
    try:
        return _in_order(await asking)
    except (NotFound, Failed) as error:
        return type(error), error.sentence, error.hint


def _in_order(answer: Any) -> Any:
    """The same, with mounts by their destination: an engine tells them in another order each time."""
    if isinstance(answer, dict):
        return {key: _in_order(value) for key, value in answer.items()}
    if isinstance(answer, list):
        items = [_in_order(item) for item in answer]
        return sorted(items, key=lambda item: str(item.get("Destination")) if isinstance(item, dict) else "")
    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "can't be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "can't be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html", "its answer is no JSON"),
        (b"nonsense\r\n\r\n", "can't be reached"),
    ],
    ids=["hangs up", "breaks off", "no JSON", "no HTTP"],
)
async def test_an_answer_of_something_else_is_told_as_no_engine(tmp_path: Path, answer: bytes, told: str) -> None:
    connection = Connection(Endpoint(f"unix://{_answering(tmp_path, answer)}"))
    try:
        with pytest.raises(NoEngine, match=told):
            await connection.read("ask", lambda api: api.info())
    finally:
        connection.close()


async def test_an_error_that_is_no_json_is_told_in_the_engines_words(tmp_path: Path) -> None:
    body = b"the proxy \x1b[31mis tired"
    answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    connection = Connection(Endpoint(f"unix://{_answering(tmp_path, answer)}"))
    try:
        with pytest.raises(Failed, match=r"failed to ask: the proxy \\x1b\[31mis tired"):
            await connection.read("ask", lambda api: api.info())
    finally:
        connection.close()


def _answering(folder: Path, answer: bytes) -> Path:
    """A socket where each question gets the answer, save the version, which is told."""
    path = folder / "engine.sock"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    version = json.dumps({"ApiVersion": "1.41"}).encode()
    known = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(version), version)

    def serve() -> None:
        with server:
            for reply in (known, answer):
                peer, _ = server.accept()
                with peer:
                    peer.recv(65536)
                    peer.sendall(reply)

    threading.Thread(target=serve, daemon=True).start()
    return path
