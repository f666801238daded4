"""``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from rag.errors import BriefingError
from web.deps import DeskDep, ServicesDep
from web.schemas import Problem

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers; without a thread of the pool, so that a queue of questions does not hold it up."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Problem, "description": "Not ready"}})
def readyz(desk: DeskDep) -> Any:
    """The library can be read, the model's files are found, and the library was made with them.

    The model is not loaded for this, so that a probe may ask often.
    """
    try:
        desk.check_fingerprint()
        state = dict(desk.ready())
    except BriefingError as error:
        return JSONResponse({"ready": False, "detail": str(error)}, status_code=503)
    if state.get("ready") is False:
        detail = str(state.get("detail") or "The library or the model is not ready.")
        return JSONResponse({**state, "detail": detail}, status_code=503)
    return {"status": "ready", **state}


@router.get("/metrics", response_class=Response)
def metrics(services: ServicesDep) -> Response:
    """Prometheus text."""
    return Response(services.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
