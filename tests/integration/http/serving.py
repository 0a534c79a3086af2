"""A real server on a free port of this machine, and many clients that press at the same moment."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import uvicorn
from litestar import Litestar

A_MINUTE = 60.0


@contextmanager
def served(app: Litestar) -> Iterator[str]:
    """The address of a running server, which is ended in good order."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_for(server)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(A_MINUTE)
        listener.close()
    assert not thread.is_alive()


def wait_for(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + A_MINUTE
    pause = threading.Event()
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        pause.wait(0.01)


def all_at_once(client: httpx.Client, requests: Sequence[httpx.Request]) -> list[httpx.Response]:
    """The answers to requests that are sent by a thread each, off at one signal."""
    barrier = threading.Barrier(len(requests))

    def send(request: httpx.Request) -> httpx.Response:
        barrier.wait(A_MINUTE)
        return client.send(request)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))
