"""The process's runtime as a parameter of endpoints: keys, files, other services, sessions of the service's own."""

from typing import Annotated

from fastapi import Depends, Request

from shared import runtime


async def _runtime(request: Request) -> runtime.Runtime:
    found: runtime.Runtime = request.app.state.runtime
    return found


Runtime = Annotated[runtime.Runtime, Depends(_runtime)]
