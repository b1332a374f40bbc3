"""The client's side of one exchange: its body on the way in, its going away, and the time that may pass."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from shared.errors import Problem, Text, TooLarge

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Most exchanges are over sooner, and cost one timer that never fires.
_WATCH_AFTER = 0.1

_LIMIT = Text("提交的内容超过 {limit} 字节", "The body is larger than {limit} bytes")


class ClientLeft(Exception):
    """The client closed its connection before its request had been read."""


class Client:
    """Reads one client's body; cancels the exchange when the client goes away or the deadline passes.

    ASGI tells of a disconnect only through `receive`, which also brings the body; so while the body is being read
    its reader notices, and afterwards a watching task does. Moving the deadline only sets a number: the one timer
    looks at it when it fires, and sleeps on until then.
    """

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._task = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._body_read = False
        self._deadline = 0.0
        self.sending = False
        self.gone = False
        self.late = False
        self.problem: Problem | None = None

    def check_length(self, length: int | None) -> None:
        """Refuse a body that is announced as too large before any of it is read."""
        if length is not None and length > self._limit:
            raise self._too_large()

    def start(self, seconds: float, *, has_body: bool) -> None:
        """Begin to watch; the exchange has this long until it moves on."""
        self._body_read = not has_body
        self.allow(seconds)
        self._timer = self._loop.call_later(min(_WATCH_AFTER, seconds), self._look)

    def allow(self, seconds: float) -> None:
        """Something went through: the exchange may wait again for this long."""
        self._deadline = self._loop.time() + seconds

    def close(self) -> None:
        """The exchange is over."""
        self._task = None
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    async def chunk(self) -> bytes:
        """The next part of the body; `body_read` tells whether it was the last. Raises TooLarge, ClientLeft."""
        self.sending = True
        message = await self._receive()
        if message["type"] != "http.request":
            self._leave()
            raise ClientLeft
        part: bytes = message.get("body", b"")
        self._read += len(part)
        if self._read > self._limit:
            self.problem = self._too_large()
            raise self.problem
        self.sending = False
        self._body_read = not message.get("more_body")
        return part

    async def rest(self, part: bytes) -> AsyncIterator[bytes]:
        """The body from this part on."""
        while not self._body_read:
            yield part
            part = await self.chunk()
        yield part

    @property
    def body_read(self) -> bool:
        return self._body_read

    def _look(self) -> None:
        """The timer fired: is it too late, and does somebody notice the client's going?"""
        now = self._loop.time()
        if now >= self._deadline:
            self.late = True
            self._cancel()
            return
        if self._body_read and self._watcher is None:
            self._watcher = self._loop.create_task(self._wait_for_disconnect())
        # A deadline that moves nearer is met a little late: looked at once a second, or sooner while a body comes.
        step = 1.0 if self._body_read else _WATCH_AFTER
        self._timer = self._loop.call_at(min(self._deadline, now + step), self._look)

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def _leave(self) -> None:
        self.gone = True
        self._cancel()

    def _cancel(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def _too_large(self) -> TooLarge:
        # Closing is the only way not to read on.
        return TooLarge(_LIMIT.format(limit=self._limit), headers={"Connection": "close"})
