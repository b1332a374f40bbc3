"""The merged document for programs, and the page for people."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse

from gateway.docs import page
from gateway.docs.service import Documents, merged
from shared.permissions import Public

router = APIRouter(tags=["docs 接口文档"])

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


async def _document(app: FastAPI) -> dict[str, Any]:
    if not hasattr(app.state, "documents"):
        app.state.documents = Documents(app.state.runtime.clients)
    return merged(app.openapi(), await app.state.documents.all())


@router.get("/openapi.json")
async def openapi(request: Request, _: Public) -> JSONResponse:
    """The OpenAPI document of all services, with the permission of each operation 全平台接口文档."""
    return JSONResponse(await _document(request.app))


@router.get("/docs", response_class=HTMLResponse)
async def docs(request: Request, _: Public) -> HTMLResponse:
    """The same for people to read 接口说明网页."""
    document = await _document(request.app)
    return HTMLResponse(page.render(document), headers={"Content-Security-Policy": _POLICY})
