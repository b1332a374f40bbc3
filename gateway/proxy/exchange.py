"""One request on its way through: up with the body, down with the answer, in time or not at all."""

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import ClientError, TCPConnector

from gateway.proxy.client import Client, ClientLeft, Send
from gateway.proxy.errors import SlowRequest
from gateway.proxy.headers import Inbound, Raw, outbound
from gateway.proxy.limits import Limits
from gateway.proxy.upstream import Answer, Request, Upstream, problem_of
from shared.errors import BadGateway, GatewayTimeout

log = logging.getLogger(__name__)


class Exchange:
    """Streams one request to a service and its answer back.

    One deadline covers everything and moves: idle time while the body goes up, first-byte time while the service
    thinks, idle time again while the answer comes down. Back-pressure needs nothing here: `send` waits for a slow
    client, aiohttp then stops reading from the service, and the other way round.
    """

    __slots__ = ("_client", "_door_headers", "_limits", "_send", "_started", "_upstream")

    def __init__(self, upstream: Upstream, limits: Limits, client: Client, send: Send, door_headers: Raw) -> None:
        self._upstream = upstream
        self._limits = limits
        self._client = client
        self._send = send
        self._door_headers = door_headers
        self._started = False

    async def run(self, connector: TCPConnector, method: str, target: bytes, inbound: Inbound) -> None:
        """Pass the request on and answer the client.

        Raises a Problem while nothing has been answered. Later failures return with the answer unfinished, so that
        the server closes the connection and the client can tell that the answer is not whole.
        """
        client, limits = self._client, self._limits
        client.start(limits.idle if inbound.has_body else limits.first_byte, has_body=inbound.has_body)
        try:
            with self._upstream.slot():
                request = await self._request(method, target, inbound)
                answer = await self._upstream.send(connector, request)
                try:
                    await self._answer(answer)
                finally:
                    answer.close()
        except ClientError as error:
            self._failed(error)
        except ClientLeft:
            return
        except asyncio.CancelledError:
            if not (client.gone or client.late):
                raise  # the server is stopping
            self._cancelled()
        finally:
            client.close()

    async def _request(self, method: str, target: bytes, inbound: Inbound) -> Request:
        client = self._client
        lines = inbound.lines
        lines += (self._upstream.host_line, b"\r\n")
        start = b"%s %s HTTP/1.1\r\n" % (method.encode("ascii"), target)
        if not inbound.has_body:
            return Request(method, start + b"".join(lines), b"")
        part = await client.chunk()
        if client.body_read:
            client.allow(self._limits.first_byte)
            lines.insert(0, b"content-length: %d\r\n" % len(part))
            return Request(method, start + b"".join(lines), part)
        framing = b"content-length: %d\r\n" % inbound.length if inbound.length else b"transfer-encoding: chunked\r\n"
        lines.insert(0, framing)
        return Request(method, start + b"".join(lines), self._body(part), inbound.length is None)

    async def _body(self, part: bytes) -> AsyncIterator[bytes]:
        async for piece in self._client.rest(part):
            yield piece
            self._client.allow(self._limits.idle)
        self._client.allow(self._limits.first_byte)

    async def _answer(self, answer: Answer) -> None:
        status = answer.head.code
        if not 200 <= status <= 599:
            raise BadGateway
        content, send, client, idle = answer.content, self._send, self._client, self._limits.idle
        headers = outbound(answer.head.raw_headers, status)
        headers += self._door_headers
        self._started = True
        await send({"type": "http.response.start", "status": status, "headers": headers})
        while not content.at_eof():
            client.allow(idle)
            part = await content.readany()
            more = not content.at_eof()
            await send({"type": "http.response.body", "body": part, "more_body": more})
            if not more:
                return
        await send({"type": "http.response.body", "body": b""})

    def _failed(self, error: ClientError) -> None:
        if self._started:
            log.warning("%s broke off its answer: %s", self._upstream.name, type(error).__name__)
        elif self._client.problem is not None:
            raise self._client.problem from error
        elif not self._client.gone:
            log.warning("%s did not answer: %s", self._upstream.name, type(error).__name__)
            raise problem_of(error) from error

    def _cancelled(self) -> None:
        """The client went, or it is too late."""
        client, task = self._client, asyncio.current_task()
        if task is not None:
            task.uncancel()
        if client.gone:
            return
        if self._started:
            log.warning("an answer of %s stood still", self._upstream.name)
        elif client.sending:
            raise SlowRequest(headers={"Connection": "close"})
        else:
            log.warning("%s did not answer in time", self._upstream.name)
            raise GatewayTimeout
