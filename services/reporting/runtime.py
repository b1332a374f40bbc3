"""The process's runtime as a parameter of endpoints: the other services, and sessions of the caller's scope."""

from typing import Annotated

from fastapi import Depends, Request

from shared import runtime


async def _runtime(request: Request) -> runtime.Runtime:
    found: runtime.Runtime = request.app.state.runtime
    return found


Runtime = Annotated[runtime.Runtime, Depends(_runtime)]
