"""A scripted OpenAI-compatible server on the loopback interface, for tests and for trying things out.

It reads the passages and the question out of the prompt it is sent and answers from them, so what it
says depends on what it was given.  A script is a list of step names (or functions); the last step is
repeated.  By hand::

    python -m tests.openai_server --port 9999 --script good
    BRIEFING_LLM=openai:scripted BRIEFING_LLM_BASE_URL=http://127.0.0.1:9999/v1 briefing ask "..."
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rag.text import content_terms, numbers, sentence_spans

PASSAGE = re.compile(
    r'<passage id="(?P<id>[^"]*)" source="(?P<source>[^"]*)" section="[^"]*" code="(?P<code>\w+)">\n'
    r'(?P<text>.*?)\n</passage code="(?P=code)">',
    re.DOTALL,
)
QUESTION = re.compile(r'<question code="(\w+)">\n(.*?)\n</question code="\1">', re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A passage as the prompt showed it."""

    id: str
    source: str
    text: str

    @property
    def name(self) -> str:
        """Who speaks: the source's name without date, authors and title."""
        return re.split("[,:]", self.source)[0]


@dataclass(frozen=True)
class Asked:
    """One request: the JSON body, and what the prompt says."""

    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n".join(str(m.get("content") or "") for m in self.body["messages"])

    @property
    def question(self) -> str:
        """The question, or the empty text."""
        match = QUESTION.search(self.prompt)
        return match[2] if match else ""

    @property
    def passages(self) -> list[Shown]:
        """The passages in the order shown."""
        return [Shown(m["id"], m["source"], m["text"]) for m in PASSAGE.finditer(self.prompt)]

    @property
    def method(self) -> str:
        """How JSON was asked for: json_schema, json_mode, function_calling or plain."""
        kind = (self.body.get("response_format") or {}).get("type")
        if kind:
            return {"json_object": "json_mode"}.get(kind, kind)
        return "function_calling" if self.body.get("tools") else "plain"


@dataclass(frozen=True)
class Reply:
    """What the server does: content with a status, or a fault."""

    content: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    cut: bool = False


Step = Callable[[Asked], Reply]

# --------------------------------------------------------------------------- answers from the passages


def evidence(asked: Asked, limit: int = 3) -> list[tuple[Shown, str]]:
    """The sentences that share most words with the question, one a passage, best first."""
    wanted = set(content_terms(asked.question))
    found: list[tuple[int, int, Shown, str]] = []
    for rank, passage in enumerate(asked.passages):
        scored = [
            (-len(wanted & set(content_terms(passage.text[a:b]))), passage.text[a:b])
            for a, b in sentence_spans(passage.text)
        ]
        if scored and min(scored)[0] < 0:
            score, sentence = min(scored)
            found.append((score, rank, passage, sentence))
    return [(p, s) for _, _, p, s in sorted(found, key=lambda f: f[:2])[:limit]]


def answer(asked: Asked) -> dict[str, Any]:
    """A faithful answer: each statement repeats a sentence, attributed, and quotes it."""
    statements = [
        {
            "text": f"According to {p.name}, {sentence}",
            "attribution": p.name,
            "quotes": [{"passage_id": p.id, "quote": sentence}],
        }
        for p, sentence in evidence(asked)
    ]
    if not statements:
        return refusal(asked)
    return _whole(statements)


def judgement(asked: Asked) -> dict[str, Any]:
    """A judge that counts: supported when the quotes hold all numbers and most words of the statement."""
    said = " ".join(re.findall(r"<quote [^>]*>(.*?)</quote>", asked.prompt, re.DOTALL))
    match = re.search(r"<statement>(.*?)</statement>", asked.prompt, re.DOTALL)
    told = match[1] if match else ""
    wanted = set(content_terms(told))
    lost = wanted - set(content_terms(said))
    supported = numbers(told) <= numbers(said) and len(lost) <= len(wanted) / 3
    return {"supported": supported, "reason": f"not in the quotes: {' '.join(sorted(lost))}" if lost else "all there"}


def refusal(asked: Asked) -> dict[str, Any]:
    """A refusal that names what is missing."""
    return {
        "refused": True,
        "reason": "The passages do not say.",
        "missing": [f"a report that answers: {asked.question}"],
        "statements": [],
        "disagreements": [],
    }


def disagreement(asked: Asked) -> dict[str, Any]:
    """The two best sentences as positions that differ."""
    positions = [
        {"claim": sentence, "quotes": [{"passage_id": p.id, "quote": sentence}]}
        for p, sentence in evidence(asked, 2)
    ]
    differing = {"about": asked.question, "axis": "figure", "positions": positions}
    return _whole(answer(asked)["statements"]) | {"disagreements": [differing]}


def _whole(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "refused": False,
        "reason": None,
        "missing": [],
        "statements": statements,
        "disagreements": [],
    }


def _json(make: Callable[[Asked], dict[str, Any]]) -> Step:
    return lambda asked: Reply(json.dumps(make(asked), ensure_ascii=False))


def _first(change: Callable[[dict[str, Any]], None]) -> Step:
    """A good answer whose first statement is spoilt by ``change``."""

    def step(asked: Asked) -> Reply:
        whole = answer(asked)
        for statement in whole["statements"][:1]:
            change(statement)
        return Reply(json.dumps(whole, ensure_ascii=False))

    return step


def _invent(statement: dict[str, Any]) -> None:
    statement["quotes"][0]["quote"] = "These words were never printed in any of the reports."


def _unknown(statement: dict[str, Any]) -> None:
    statement["quotes"][0]["passage_id"] = "P99"


def _overclaim(statement: dict[str, Any]) -> None:
    statement["text"] = re.sub(r"\b(?:may|might|could)\b", "will", statement["text"])


def _wrong_number(statement: dict[str, Any]) -> None:
    statement["text"] = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), statement["text"])


def _unproved(statement: dict[str, Any]) -> None:
    statement["text"] = "The ministry has resigned."


ORDER = re.compile(r"ignore\b.{0,60}\binstructions\b.*?\b(?:say|answer|write)\b[\s:]*([^\n.]+)", re.I | re.S)


def _gullible(asked: Asked) -> Reply:
    """A model that does what a passage tells it, and quotes that passage for it."""
    for passage in asked.passages:
        if order := ORDER.search(passage.text):
            first, last = sentence_spans(passage.text)[0]
            quote = {"passage_id": passage.id, "quote": passage.text[first:last]}
            said = {"text": order[1].strip(), "attribution": None, "quotes": [quote]}
            return Reply(json.dumps(_whole([said]), ensure_ascii=False))
    return STEPS["good"](asked)


def _fault(status: int, message: str, **headers: str) -> Step:
    def step(asked: Asked) -> Reply:
        said = message.format(key=asked.headers.get("authorization", ""))
        body = json.dumps({"error": {"message": said, "type": "scripted", "code": status}})
        return Reply(body, status, {k.replace("_", "-"): v for k, v in headers.items()})

    return step


def _only(*methods: str) -> Step:
    def step(asked: Asked) -> Reply:
        if asked.method in methods:
            return STEPS["good"](asked)
        return _fault(400, f"{asked.method} is not supported by this server")(asked)

    return step


STEPS: dict[str, Step] = {
    "good": _json(answer),
    "refuse": _json(refusal),
    "disagree": _json(disagreement),
    "invented": _first(_invent),
    "unknown": _first(_unknown),
    "overclaim": _first(_overclaim),
    "wrong_number": _first(_wrong_number),
    "unproved": _first(_unproved),
    "gullible": _gullible,
    "judge": _json(judgement),
    "fenced": lambda a: Reply(f"Here it is:\n```json\n{STEPS['good'](a).content}\n```\nAnything else?"),
    "broken": lambda a: Reply(STEPS["good"](a).content[:-20]),
    "prose": lambda a: Reply("I am sorry, I would rather talk about the weather."),
    "429": _fault(429, "slow down", Retry_After="1"),
    "429-long": _fault(429, "slow down", Retry_After="3600"),
    "500": _fault(500, "internal error"),
    "401": _fault(401, "Incorrect API key provided: {key}"),
    "404": _fault(404, "no such model"),
    "hang": lambda a: Reply(hang=True),
    "cut": lambda a: Reply(STEPS["good"](a).content, cut=True),
    "no_json_schema": _only("json_mode", "function_calling", "plain"),
    "tools_only": _only("function_calling", "plain"),
    "plain_only": _only("plain"),
    "no_temperature": lambda a: (
        _fault(400, "Unsupported value: 'temperature' does not support 0.")(a)
        if "temperature" in a.body
        else STEPS["good"](a)
    ),
}

# --------------------------------------------------------------------------- the server


@dataclass
class Scripted:
    """A running server: where it is and what it was asked."""

    base_url: str
    requests: list[Asked]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, script: Sequence[str | Step]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.steps = [STEPS[s] if isinstance(s, str) else s for s in script]
        self.requests: list[Asked] = []
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def next_reply(self, asked: Asked) -> Reply:
        with self.lock:
            step = self.steps[min(len(self.requests), len(self.steps) - 1)]
            self.requests.append(asked)
        return step(asked)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(body, {k.lower(): v for k, v in self.headers.items()})
        if not self.path.endswith("/chat/completions"):
            return self._send(Reply('{"error": {"message": "unknown path"}}', 404))
        reply = self.server.next_reply(asked)
        if reply.hang:
            self.server.stopped.wait(30)
            self.close_connection = True
            return None
        if reply.status != 200:
            return self._send(reply)
        if body.get("stream"):
            return self._stream(asked, reply)
        if reply.cut:
            return self._send(Reply(_completion(asked, reply)), missing=40)
        return self._send(Reply(_completion(asked, reply)))

    def _send(self, reply: Reply, missing: int = 0) -> None:
        data = reply.content.encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) - missing])
        self.close_connection = bool(missing)

    def _stream(self, asked: Asked, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [reply.content[i : i + 7] for i in range(0, len(reply.content), 7)]
        if reply.cut:
            del pieces[len(pieces) * 2 // 3 :]
        for number, piece in enumerate(pieces):
            self._chunk(_event(asked, {"role": "assistant"} if number == 0 else {}, piece))
        if reply.cut:
            self.close_connection = True
            return
        self._chunk(_event(asked, {}, None))
        self._chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def _call(asked: Asked, arguments: str) -> dict[str, Any]:
    function = {"name": asked.body["tools"][0]["function"]["name"], "arguments": arguments}
    return {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]}


def _event(asked: Asked, delta: dict[str, Any], piece: str | None) -> str:
    if piece is not None and asked.method == "function_calling":
        delta |= _call(asked, piece)
        if "role" not in delta:  # only the first piece names the function
            del delta["tool_calls"][0]["id"], delta["tool_calls"][0]["function"]["name"]
    elif piece is not None:
        delta["content"] = piece
    choice = {"index": 0, "delta": delta, "finish_reason": None if piece is not None else "stop"}
    return f"data: {json.dumps(_envelope(asked, 'chat.completion.chunk', choice))}\n\n"


def _completion(asked: Asked, reply: Reply) -> str:
    message: dict[str, Any] = {"role": "assistant", "content": reply.content}
    if asked.method == "function_calling":
        message |= {"content": None} | _call(asked, reply.content)
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps(_envelope(asked, "chat.completion", choice))


def _envelope(asked: Asked, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    model = asked.body.get("model", "scripted")
    return {"id": "c1", "object": kind, "created": 0, "model": model, "choices": [choice]}


@contextmanager
def scripted_server(script: Sequence[str | Step] = ("good",), *, port: int = 0) -> Iterator[Scripted]:
    """Runs the script; the last step is repeated.  ``base_url`` ends in ``/v1``."""
    server = _Server(port, script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Scripted(f"http://127.0.0.1:{server.server_address[1]}/v1", server.requests)
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serves a script until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--script", nargs="+", default=["good"], choices=sorted(STEPS))
    options = parser.parse_args()
    with scripted_server(options.script, port=options.port) as server:
        print(f"BRIEFING_LLM=openai:scripted BRIEFING_LLM_BASE_URL={server.base_url}", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
