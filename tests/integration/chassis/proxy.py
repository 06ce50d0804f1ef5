"""A door before the broker that can be shut in unkind ways."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes between clients and the broker that `uri` names; `self.uri` leads through it."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5672)
        self._door = socket.create_server(("127.0.0.1", 0))
        port = self._door.getsockname()[1]
        self.uri = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl()
        self.cut_after: bytes | None = None
        """When a client has said this, it is passed on, and the client is cut off before it hears an answer."""
        self._clients: list[socket.socket] = []
        self._brokers: list[socket.socket] = []
        threading.Thread(target=self._admit, daemon=True).start()

    def forget_clients(self) -> None:
        """Cut every client off, while the broker goes on believing in its connection."""
        for client in self._clients:
            _shut(client)
        self._clients.clear()

    def cut(self) -> None:
        """Break every connection for both sides; new ones are admitted."""
        for end in (*self._clients, *self._brokers):
            _shut(end)

    def close(self) -> None:
        """Shut everything."""
        for end in (self._door, *self._clients, *self._brokers):
            _shut(end)

    def _admit(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            broker = socket.create_connection(self._target)
            self._clients.append(client)
            self._brokers.append(broker)
            for source, sink in ((client, broker), (broker, client)):
                threading.Thread(target=self._pass, args=(source, sink, client), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, client: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                cut = source is client and self.cut_after is not None and self.cut_after in data
                if cut:
                    _shut(client)
                sink.sendall(data)
                if cut:
                    self.cut_after = None
        except OSError:
            pass


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
