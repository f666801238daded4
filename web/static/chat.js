// Asks without leaving the page: statements appear as each is verified.
import { addStatement, card, citesOf, fill } from "./answer.js";
import { announce, detailOf, h, posting, t, tn } from "./dom.js";
import { watchEvidence } from "./evidence.js";
import { filterBody, filterQuery, watchFilters } from "./filters.js";

const turns = document.querySelector(".turns");
const form = document.getElementById("composer");
let running = null;

/** Server-sent events out of a response, as {event, data}. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      const field = (name) => lines.filter((l) => l.startsWith(`${name}:`)).map((l) => l.slice(name.length + 1).replace(/^ /, ""));
      const data = field("data").join("\n");
      if (data) yield { event: field("event")[0] || "message", data: JSON.parse(data) };
    }
  }
}

function openTurn(question) {
  document.getElementById("welcome")?.remove();
  document.getElementById("starters")?.remove();
  document.body.classList.remove("chat--empty");
  const statements = h("div.statements");
  const working = h("p.working", {}, t("Searching the reports"));
  const cards = h("ol.cards");
  const panel = h("aside.evidence", { "aria-label": t("Evidence"), hidden: true }, h("h3.evidence__heading", {}, t("Evidence")), cards);
  const answer = h("div.answer", {}, statements, working);
  const turn = h("article.turn", { "aria-busy": "true" },
    h("header.turn__head", {}, h("h2.turn__question", { dir: "auto" }, question)),
    h("div.turn__body", {}, answer, panel));
  turns.append(turn);
  turn.scrollIntoView({ block: "start" });
  return { turn, answer, statements, working, cards, panel };
}

function busy(on) {
  form.querySelector("[data-ask]").hidden = on;
  form.querySelector("[data-stop]").hidden = !on;
}

function fail(open, question, message) {
  const again = h("button.button", { type: "button" }, t("Try again"));
  again.addEventListener("click", () => { open.turn.remove(); ask(question); });
  open.working.remove();
  open.turn.removeAttribute("aria-busy");
  open.answer.append(h("div.failed", { role: "alert" }, h("p.alert", {}, message), again));
}

async function ask(question) {
  if (running) return;
  document.querySelectorAll(".next").forEach((old) => old.remove());
  const conversation = form.elements.conversation_id;
  const open = openTurn(question);
  const controller = new AbortController();
  running = controller;
  busy(true);
  document.getElementById("live").replaceChildren();
  announce(t("Searching the reports"));
  try {
    const response = await fetch("/api/ask/stream", {
      method: "POST",
      headers: posting({ "Content-Type": "application/json", Accept: "text/event-stream" }),
      body: JSON.stringify({ question, conversation_id: conversation.value || null, filters: filterBody(form) }),
      signal: controller.signal,
    });
    if (!response.ok) { fail(open, question, await detailOf(response)); return; }
    if (!(await follow(response, open))) fail(open, question, t("The connection ended before the answer was complete."));
  } catch (error) {
    if (error.name === "AbortError") fail(open, question, t("Stopped. What was verified so far is shown; it is not kept."));
    else if (error.name === "AnswerError") fail(open, question, error.message);
    else fail(open, question, t("The server could not be reached. Check that it is running."));
  } finally {
    running = null;
    busy(false);
    form.elements.question.focus({ preventScroll: true });
  }
}

async function follow(response, open) {
  const cites = citesOf([], null);
  for await (const { event, data } of events(response)) {
    if (event === "passages") {
      const reports = new Set(data.passages.map((p) => p.document_id)).size;
      open.working.textContent = t("Checking %(passages)s from %(reports)s", {
        passages: tn("%(num)s passage", "%(num)s passages", data.passages.length), reports: tn("%(num)s report", "%(num)s reports", reports),
      });
    } else if (event === "statement") {
      data.citations.forEach((c) => { cites.set(c.number, c); open.cards.append(card(c, null)); });
      open.panel.hidden = cites.size === 0;
      addStatement(open.statements, data.statement, cites);
      announce(data.statement.text);
    } else if (event === "error") {
      throw Object.assign(new Error(data.detail), { name: "AnswerError" });
    } else if (event === "answer") {
      finish(open, data);
      return true;
    }
  }
  return false;
}

function finish(open, answer) {
  fill(open.turn, answer);
  if (answer.refusal) announce(`${t("The reports do not support an answer")}. ${answer.refusal.reason}`);
  else announce(t("Answer complete: %(quotes)s.", { quotes: tn("%(num)s quote", "%(num)s quotes", answer.citations.length) }));
  form.elements.question.placeholder = t("Ask a follow-up");
  if (!answer.conversation_id) return;
  form.elements.conversation_id.value = answer.conversation_id;
  const address = `/conversations/${encodeURIComponent(answer.conversation_id)}${filterQuery(form)}#answer-${answer.id}`;
  history.replaceState(null, "", address);
  offer(open.turn);
}

/** Questions to go on with, under the last answer; they are tried out first, so they come a moment later. */
async function offer(turn) {
  if (!turn?.dataset.answer) return;
  const response = await fetch(`/api/answers/${encodeURIComponent(turn.dataset.answer)}/followups`).catch(() => null);
  if (!response?.ok) return; // a convenience: the answer stands without it
  const { questions } = await response.json();
  document.querySelectorAll(".next").forEach((old) => old.remove());
  if (running || !questions.length || turn !== turns.lastElementChild) return;
  const list = h("ul.suggestions", {}, questions.map((question) => {
    const button = h("button.suggestion", { type: "button", dir: "auto" }, question);
    button.addEventListener("click", () => ask(question));
    return h("li", {}, button);
  }));
  turn.querySelector(".answer").append(h("section.next", { "aria-label": t("You could go on with") }, h("h3", {}, t("You could go on with")), list));
}

// ------------------------------------------------------------------ tools under an answer

/** The answer as plain text with its numbers, then the quotes they stand for. */
function plainText(turn) {
  const visible = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".sr").forEach((e) => e.remove());
    copy.querySelectorAll(".is-bare").forEach((e) => { e.textContent = `“${e.textContent}”`; });
    copy.querySelectorAll(".chip").forEach((e) => { e.textContent = `[${e.textContent}]`; });
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const lines = [visible(turn.querySelector(".turn__question")), ""];
  turn.querySelectorAll(".group__heading, .statement, .differ > h3, .differ__about, .differ__positions > li")
    .forEach((element) => lines.push(visible(element)));
  lines.push("");
  turn.querySelectorAll(".card").forEach((element) => {
    const text = (selector) => element.querySelector(selector)?.textContent.trim();
    const where = [text("cite"), text(".card__title"), text(".card__place")].filter(Boolean).join(", ");
    lines.push(`[${element.dataset.card}] “${text("blockquote")}” ${where}. ${element.querySelector("a").href}`);
  });
  return lines.join("\n");
}

async function copy(button) {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(plainText(button.closest(".turn")));
    button.textContent = t("Copied");
  } catch {
    button.textContent = t("Copying is not allowed here");
  }
  announce(button.textContent);
  setTimeout(() => { button.textContent = said; }, 2000);
}

async function sendFeedback(target) {
  const status = target.querySelector(".feedback__status");
  const data = new FormData(target);
  const response = await fetch(`/api/answers/${encodeURIComponent(target.dataset.feedback)}/feedback`, {
    method: "POST",
    headers: posting({ "Content-Type": "application/json" }),
    body: JSON.stringify({ verdict: data.get("verdict"), note: data.get("note") }),
  }).catch(() => null);
  if (!response) status.textContent = t("The server could not be reached; nothing was sent.");
  else if (!response.ok) status.textContent = await detailOf(response);
  else target.replaceChildren(h("p", { role: "status" }, t("Thank you. Your verdict is kept with this answer.")));
}

turns.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-retry]");
  if (!button) return;
  if (button.hasAttribute("data-copy")) copy(button);
  else if (form) ask(button.closest(".turn").querySelector(".turn__question").textContent);
});
turns.addEventListener("submit", (event) => {
  if (!event.target.dataset.feedback) return;
  event.preventDefault();
  sendFeedback(event.target);
});
watchEvidence(turns);

// ------------------------------------------------------------------ composer

if (form) {
  const question = form.elements.question;
  watchFilters(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = question.value.trim();
    if (!text || running) return;
    question.value = "";
    form.querySelector(".filters").open = false;
    ask(text);
  });
  question.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.querySelector("[data-stop]").addEventListener("click", () => running?.abort());
  document.querySelectorAll("[data-suggestion]").forEach((suggestion) => {
    suggestion.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(suggestion.elements.question.value);
    });
  });
}

if (form && turns.lastElementChild) offer(turns.lastElementChild);
