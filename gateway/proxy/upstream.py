"""One service behind the door, and how it is reached.

aiohttp's connector keeps the connections and its C parser reads the answers. Its session above them is left out: it
builds a request, a URL, a cookie jar's answer and a response object for every call (decision 0004).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientRequest,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    StreamReader,
    TCPConnector,
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError, RawResponseMessage, StreamWriter
from yarl import URL

from shared.errors import BadGateway, Problem, Text, Unavailable

RETRY_AFTER = 5

_MAX_HEAD = 65_536
_BUFFER = 65_536
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})

_BUSY = Text("服务繁忙,请稍后重试", "The service is busy: try again shortly")
_DOWN = Text("后端服务暂时无法连接,请稍后重试", "The service cannot be reached at present: try again shortly")


def open_connector() -> TCPConnector:
    """The connections to all services; each service has its own limit, which refuses instead of queueing."""
    # Kept for less than the 5 s after which the services' uvicorn closes, so that few dying connections are met.
    return TCPConnector(limit=0, keepalive_timeout=4)


@dataclass(frozen=True, slots=True)
class Request:
    """A request in the form in which it is written. `head` ends with the empty line."""

    method: str
    head: bytes
    body: bytes | AsyncIterator[bytes]
    chunked: bool = False


class Answer:
    """A service's answer: its head, a stream of its body, and the connection, which `close` gives back."""

    __slots__ = ("_connection", "_writing", "content", "head")

    def __init__(
        self,
        head: RawResponseMessage,
        content: StreamReader,
        connection: Connection,
        writing: "asyncio.Task[None] | None",
    ) -> None:
        self.head = head
        self.content = content
        self._connection = connection
        self._writing = writing

    def close(self) -> None:
        """Keep the connection when both bodies went through whole, close it otherwise."""
        if self._writing is not None and not self._writing.done():
            self._writing.cancel()
            self._connection.close()
        else:
            self._connection.release()  # aiohttp closes one whose answer was not read to its end


class Upstream:
    """A service's base URL, and how many requests it is answering for this process."""

    def __init__(self, name: str, base: str, limit: int, connect: float) -> None:
        url = URL(base)
        if url.scheme not in ("http", "https") or not url.host or url.path not in ("", "/") or url.query_string:
            raise ValueError(f"the address of {name} must be like http://host:port, without a path")
        self.name = name
        self.limit = limit
        self.active = 0
        self.host_line = b"host: " + url.authority.encode("ascii") + b"\r\n"
        self._url = url
        self._timeout = ClientTimeout(total=None, sock_connect=connect)
        self._where: ClientRequest | None = None

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One of the service's places, or Unavailable at once: who waits here would hold the door for the others."""
        if self.active >= self.limit:
            raise Unavailable(_BUSY, retry_after=1)
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1

    async def send(self, connector: TCPConnector, request: Request) -> Answer:
        """Send a request and return when the head of its answer is there. Raises aiohttp's ClientError.

        A kept connection may turn out to be dead. A request that changes nothing and has no body is then sent once
        more; anything else might be done twice.
        """
        try:
            return await self._send(connector, request)
        except (ServerDisconnectedError, ClientOSError) as error:
            if request.method not in _REPEATABLE or request.body != b"" or isinstance(error, ClientConnectorError):
                raise
        return await self._send(connector, request)

    async def _send(self, connector: TCPConnector, request: Request) -> Answer:
        connection = await connector.connect(self._connect_key(), [], self._timeout)
        writing: asyncio.Task[None] | None = None
        try:
            protocol = connection.protocol
            if protocol is None or protocol.transport is None:
                raise ServerDisconnectedError
            protocol.set_response_params(
                skip_payload=request.method == "HEAD",
                read_until_eof=True,
                auto_decompress=False,
                read_bufsize=_BUFFER,
                max_line_size=_MAX_HEAD,
                max_field_size=_MAX_HEAD,
            )
            if isinstance(request.body, bytes):
                protocol.transport.write(request.head + request.body)
            else:
                protocol.transport.write(request.head)
                writing = asyncio.create_task(_write(protocol, request.body, request.chunked))
            head, content = await _read_head(protocol)
        except BaseException:
            if writing is not None:
                writing.cancel()
            connection.close()
            raise
        return Answer(head, content, connection, writing)

    def _connect_key(self) -> ClientRequest:
        """What the connector wants to know: where to connect. The same for every request."""
        if self._where is None:
            self._where = ClientRequest("GET", self._url, loop=asyncio.get_running_loop())
        return self._where


async def _read_head(protocol: ResponseHandler) -> tuple[RawResponseMessage, StreamReader]:
    """The first answer that is not provisional (1xx)."""
    try:
        while True:
            head, content = await protocol.read()
            if not 100 <= head.code < 200:
                return head, content
            if head.code == 101:
                raise ClientError("switched protocols unasked")
    except HttpProcessingError as error:
        raise ClientError("not an HTTP answer") from error


async def _write(protocol: ResponseHandler, body: AsyncIterator[bytes], chunked: bool) -> None:
    """Send a body as it comes, at the service's pace. What stops it is told to whoever waits for the answer."""
    writer = StreamWriter(protocol, asyncio.get_running_loop())
    if chunked:
        writer.enable_chunking()
    try:
        async for part in body:
            if part:
                await writer.write(part)
        await writer.write_eof()
    except Exception as error:
        with suppress(Exception):
            protocol.set_exception(ClientError("the body was not sent"), error)


def problem_of(error: ClientError) -> Problem:
    """What the client is told when a service could not be asked: 503 before, 502 after it was reached."""
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return Unavailable(_DOWN, retry_after=RETRY_AFTER)
    return BadGateway(headers={"Retry-After": str(RETRY_AFTER)})
