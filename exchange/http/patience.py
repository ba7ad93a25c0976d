"""A worker of gunicorn in which a thread is for whoever has asked: others wait beside the threads, and not for long.

The library gives a thread to each connection that says anything, and takes leave of each in the loop that accepts: some
dozens that began to ask and went on no further, or were answered and never closed, kept everybody else waiting.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

PATIENCE: Final = 5.0  # seconds to say what is asked for, and to close once it was answered
RATE: Final = 16 * 1024  # bytes of a body for each further second that a thread waits for more of it
WHOLE: Final = 60.0  # seconds for the rest of a request to arrive, and for an answer to get on its way
UNREAD: Final = 0.1  # seconds for what nobody has read of a body to arrive, should the connection go on
_SOON: Final = 0.001  # seconds, for what lies there already
_LONG: Final = 32 * 1024  # bytes of a head; of a longer one no more is heard, and the library refuses it
_END: Final = b"\r\n\r\n"


class Unhurried(SocketUnreader):  # type: ignore[misc]  # likewise
    """Waits for a body as long as it comes quickly enough; only the time in which nothing came is counted."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.over = False  # whether it is heard no further: what still comes begins nobody's next request
        self._left = PATIENCE

    def renew(self) -> None:
        """Another request begins."""
        self._left = PATIENCE

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.sock.gettimeout() is not None:  # nobody reads it, and it has a limit of its own
            return bytes(super().chunk(size_hint))
        began = time.monotonic()
        self.sock.settimeout(max(self._left, _SOON))
        try:
            said = bytes(super().chunk(size_hint))
        except TimeoutError:
            self.over = True
            self.sock.shutdown(socket.SHUT_RD)
            return b""
        finally:
            self.sock.settimeout(None)
        self._left += len(said) / RATE - (time.monotonic() - began)
        return said


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Lets nobody who is slow keep others waiting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._until: dict[Any, float] = {}  # when a connection that has a thread is heard no further

    def enqueue_req(self, conn: Any) -> None:
        """A thread for it, if it has asked."""
        if not conn.data_ready:
            conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(WHOLE * 1000))  # who takes no answer
            if not _asked(conn.sock):
                self._wait(conn, self.on_pending_socket_readable)
                return
            conn.data_ready = True
        super().enqueue_req(conn)

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """It has said more."""
        if _asked(client):
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """It was answered, and says more."""
        if _asked(client):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn, self.on_pending_socket_readable)

    def handle(self, conn: Any) -> Any:
        """In a thread."""
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = Unhurried(conn.sock)
        conn.parser.unreader.renew()
        self._until[conn] = time.monotonic() + WHOLE
        try:
            return super().handle(conn)
        finally:
            del self._until[conn]

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Wait for its next one, or take leave."""
        goes_on = not fs.cancelled() and fs.exception() is None and fs.result()
        read_ahead = conn.parser.unreader.buf.getvalue() if goes_on else b""
        if goes_on and (not read_ahead or _END in read_ahead):
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
        else:
            self._wait(conn, self._leaves)

    def murder_pending(self) -> None:
        """Each second: hear no further who is at it for too long. They are still answered."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._until.items()):
            if until < now:
                conn.parser.unreader.over = True
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Once it ends, who connects is refused at once, and not kept waiting for nobody."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for each in self.sockets:
                each.close()

    def _wait(self, conn: Any, then: Callable[[Any, socket.socket], None]) -> None:
        conn.timeout = time.monotonic() + PATIENCE
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(then, conn))

    def _leaves(self, conn: Any, client: socket.socket) -> None:
        """What still comes is heard by nobody, but a connection closed before would be reset, and lose the answer."""
        try:
            said = client.recv(_LONG)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self.nr_conns -= 1
            conn.close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        whole = keepalive and conn.parser.finish_body(deadline=time.monotonic() + UNREAD)
        return bool(whole and not conn.parser.unreader.over)


def _asked(client: socket.socket) -> bool:
    """Whether a whole head lies there, or nothing more will come. If not, the poller speaks up when there is more."""
    try:
        said = client.recv(_LONG, socket.MSG_PEEK)
        if _END not in said and len(said) < _LONG:
            if len(said) >= client.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT):  # or else it has closed
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(said) + 1)
                return False
        elif _END not in said:
            client.shutdown(socket.SHUT_RD)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
