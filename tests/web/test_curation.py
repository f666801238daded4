"""Correcting metadata, reading again, and names, over HTTP and as plain forms, on a real small library."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag.briefing import Briefing
from tests.web import live
from tests.web.conftest import BASE
from web.app import create_app


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Briefing]:
    with live.briefing(tmp_path) as desk:
        yield desk


@pytest.fixture
def client(desk: Briefing) -> Iterator[TestClient]:
    app = create_app(desk, ingest=partial(live.take_in, desk.settings))
    with TestClient(app, base_url=BASE) as client:
        yield client


def finished(client: TestClient, job_id: str) -> dict[str, object]:
    for _ in range(600):
        job: dict[str, object] = client.get(f"/api/jobs/{job_id}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.02)
    raise AssertionError("the job never ended")


def test_an_edit_shows_at_once_names_what_was_found_and_is_taken_back(client: TestClient) -> None:
    path = "/api/documents/harbour"
    edited = client.patch(path, json={"publisher": "Port Studies", "published": "2025", "authors": []}).json()
    assert (edited["publisher"], edited["published"], edited["authors"]) == ("Port Studies", "2025", [])
    assert edited["edited"] == ["authors", "published", "publisher"]
    assert edited["found"] == {
        "publisher": "Institute for Port Studies",
        "published": "2025-04",
        "authors": ["Ana Lorne"],
    }
    answer = client.post("/api/ask", json={"question": "How many working cranes were counted in March?"}).json()
    assert "Port Studies, 2025" in {c["label"] for c in answer["citations"]}
    assert "edited" in client.get("/library").text
    back = client.delete(f"{path}/edits").json()
    assert (back["publisher"], back["edited"], back["found"]) == ("Institute for Port Studies", [], {})


def test_wrong_edits_are_refused_in_a_sentence(client: TestClient) -> None:
    for body in ({"title": ""}, {"published": "2025-13"}, {"sha256": "x"}, {"language": "?"}):
        refused = client.patch("/api/documents/harbour", json=body)
        assert refused.status_code == 422, body
        assert isinstance(refused.json()["detail"], str)
    assert client.patch("/api/documents/nowhere", json={"title": "x"}).status_code == 404
    assert client.get("/api/documents/harbour").json()["edited"] == []


def test_a_report_is_read_again_and_its_edits_stay(client: TestClient, tmp_path: Path) -> None:
    client.patch("/api/documents/harbour", json={"publisher": "Port Studies"})
    source = tmp_path / "reports" / "harbour.md"
    unchanged = finished(client, client.post("/api/documents/harbour/reingest").json()["id"])
    assert [f["state"] for f in unchanged["files"]] == ["updated"]  # type: ignore[attr-defined]
    source.write_text(live.REPORTS["harbour.md"].replace("41", "44"))
    finished(client, client.post("/api/documents/harbour/reingest").json()["id"])
    assert "44 working cranes" in client.get("/api/documents/harbour/text").json()["text"]
    assert client.get("/api/documents/harbour").json()["publisher"] == "Port Studies"
    source.unlink()
    gone = client.post("/api/documents/harbour/reingest")
    assert gone.status_code == 404
    assert "no longer where it was taken in from" in gone.json()["detail"]
    assert client.get("/documents/harbour").status_code == 200


def test_a_report_that_cannot_be_read_again_stays_and_keeps_its_file(
    client: TestClient, tmp_path: Path
) -> None:
    source = tmp_path / "reports" / "harbour.md"
    source.write_bytes(b"")
    job = finished(client, client.post("/api/documents/harbour/reingest").json()["id"])
    assert "empty" in str(job["files"])
    assert source.exists()
    assert "41 working cranes" in client.get("/api/documents/harbour/text").json()["text"]


def test_a_new_title_has_the_report_read_again(client: TestClient) -> None:
    saved = client.post(
        "/documents/harbour/edit",
        data={"title": "Quays in spring", "authors": "Ana Lorne\nPiet Maas", "publisher": "", "language": "en"},
        follow_redirects=False,
    )
    assert saved.headers["location"].startswith("/library?job=")
    job = finished(client, saved.headers["location"].split("=")[1])
    assert [f["state"] for f in job["files"]] == ["updated"]  # type: ignore[attr-defined]
    row = client.get("/api/documents/harbour").json()
    assert (row["title"], row["authors"], row["publisher"]) == ("Quays in spring", ["Ana Lorne", "Piet Maas"], None)
    form = client.get("/documents/harbour/edit").text
    assert "Harbour readiness review" in form  # what was found
    client.post("/documents/harbour/revert")
    assert client.get("/api/documents/harbour").json()["title"] == "Harbour readiness review"


def test_a_bad_form_comes_back_with_the_reason_and_what_was_typed(client: TestClient) -> None:
    page = client.post("/documents/council/edit", data={"title": "Council", "published": "soon"})
    assert page.status_code == 422
    assert "is not a date" in page.text
    assert 'value="soon"' in page.text


def test_an_own_name_is_used_by_the_next_question(client: TestClient) -> None:
    found = {"query": "How many hoisting engines?", "k": 1}
    before = client.post("/api/search", json=found).json()["passages"]
    added = client.post("/api/aliases", json={"names": ["cranes", "hoisting engines"]})
    assert added.status_code == 201
    after = client.post("/api/search", json=found).json()["passages"]
    assert "cranes" in after[0]["text"]
    assert after[0]["score"] != (before[0]["score"] if before else None)
    listed = client.get("/api/aliases?q=HOISTING").json()
    assert listed["own"] == [added.json()]
    assert [g["origin"] for g in listed["in_force"]] == ["own"]
    assert client.delete(f"/api/aliases/{added.json()['key']}").status_code == 200
    assert client.get("/api/aliases?q=hoisting").json() == {"own": [], "in_force": []}
    assert client.delete("/api/aliases/beef").status_code == 404
    assert client.post("/api/aliases", json={"names": ["one"]}).status_code == 422


def test_names_are_added_and_taken_out_by_plain_forms(client: TestClient, desk: Briefing) -> None:
    page = client.post("/library/names", data={"names": "Quay <House>\r\nQH\r\n"})
    assert "Added" in page.text
    assert "Quay &lt;House&gt;" in page.text
    refused = client.post("/library/names", data={"names": "alone"})
    assert refused.status_code == 422
    assert "two names or more" in refused.text
    assert ">alone</textarea>" in refused.text
    (group,) = client.get("/api/aliases").json()["own"]
    client.post(f"/library/names/{group['key']}/remove")
    assert client.get("/api/aliases").json()["own"] == []
    (desk.settings.data_dir / "aliases.yaml").write_text("- [one\n")
    broken = client.get("/library/names")
    assert broken.status_code == 200
    assert "not readable as YAML" in broken.text
