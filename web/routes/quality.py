"""``/eval``: past evaluation runs, how each metric went over time, what failed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from rag.errors import NotFound
from web.deps import DeskDep
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/eval")
def runs(desk: DeskDep, run: str = "") -> HTMLResponse:
    """A chosen run (the latest unless named) among those that asked the same."""
    from eval import history  # numpy, only where it is needed
    from web import quality

    data_dir = desk.settings.data_dir
    past = history.load(data_dir)
    if run:
        chosen = next((r for r in past.runs if r.id == run), None)
        if chosen is None:
            raise NotFound(f"There is no kept evaluation run {run!r}.")
    else:
        chosen = past.runs[-1] if past.runs else None
    context = {
        "overview": quality.overview(past.runs, chosen),
        "chosen": quality.row(chosen),
        "types": quality.types(chosen),
        "failures": quality.failures(history.whole(data_dir, chosen.id)["cases"]),
    } if chosen else {"overview": None}
    return render("eval.html", nav="quality", unreadable=past.unreadable, **context)
