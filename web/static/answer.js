// The elements of an answer, the same as templates/_answer.html makes of a stored one.
import { h, pageToken, t, tn } from "./dom.js";

const VERDICTS = [
  ["right", t("It is right")],
  ["wrong", t("It is wrong")],
  ["evidence_wrong", t("The evidence does not show it")],
  ["should_refuse", t("It should have refused")],
];

/** Address of the reader opened at a quote. */
export function quoteHref(item, answerId) {
  const query = new URLSearchParams({ start: item.start, end: item.end });
  if (answerId) query.set("answer", answerId);
  return `/documents/${encodeURIComponent(item.document_id)}?${query}#quote`;
}

/** A source label with name and date kept apart, for names in another script. */
function source(label) {
  const cut = label.lastIndexOf(", ");
  if (cut < 0) return [h("bdi", {}, label)];
  return [h("bdi", {}, label.slice(0, cut)), t(", "), h("bdi", {}, label.slice(cut + 2))];
}

/** A heading with what stands in brackets at its end kept apart: a date beside a name in another script. */
function headed(heading) {
  const parts = heading.match(/^(.*) \(([^()]*)\)$/s);
  return parts ? [`${parts[1]} (`, h("bdi", {}, parts[2]), ")"] : [heading];
}

function place(item) {
  return [(item.section || []).join(" › "), item.page ? t("p. %(page)s", { page: item.page }) : ""].filter(Boolean).join(" · ");
}

function runs(pieces, cites) {
  return pieces.map((run) => {
    if (run.citation !== undefined && run.citation !== null) {
      const cited = cites.get(run.citation);
      if (!cited) return null;
      return h("a.chip", {
        href: quoteHref(cited, cites.answerId), "data-cite": run.citation, "aria-label": t("Citation %(number)s, %(source)s", { number: run.citation, source: cited.label }),
      }, String(run.citation));
    }
    return run.quoted ? h(/^[“«"]/.test(run.text) ? "q.quoted" : "q.quoted.is-bare", {}, run.text) : run.text;
  });
}

/** Citations by number, with the id of their answer once it is known. */
export function citesOf(citations, answerId) {
  const cites = new Map(citations.map((c) => [c.number, c]));
  cites.answerId = answerId;
  return cites;
}

function badge(s) {
  if (!s.attribution) return null;
  const name = s.attribution.split(",")[0];
  return s.text.includes(name) || (s.group || "").includes(name) ? null : s.attribution;
}

/** One statement: its paragraph and, when doubtful, why. */
export function statement(s, cites) {
  const flagged = s.support === "flagged";
  const who = badge(s);
  const paragraph = h(`p.statement${s.kind === "quoted" ? ".is-quoted" : ""}${s.listed ? ".is-item" : ""}${flagged ? ".is-flagged" : ""}`, { dir: "auto", "data-cites": s.citations.join(" ") },
    flagged && [h("span.tag.tag--doubt", {}, t("Doubtful")), " "],
    runs(s.runs, cites),
    who && [" ", h("span.badge", {}, source(who))]);
  const problems = flagged && s.problems.length ? h("p.problems", {}, s.problems.join(" ")) : null;
  return [paragraph, problems].filter(Boolean);
}

/** Adds a statement under its heading, opening a new group when the heading changes. */
export function addStatement(container, s, cites) {
  const heading = s.group || "";
  let group = container.lastElementChild;
  if (!group || (group.dataset.heading || "") !== heading) {
    group = h("section.group", { "data-heading": heading || null },
      heading && h("h3.group__heading", { dir: "auto" }, headed(heading)));
    container.append(group);
  }
  group.append(...statement(s, cites));
}

/** One quote of the evidence panel. */
export function card(c, answerId) {
  const where = place(c);
  return h("li.card", { "data-card": c.number },
    h("p.card__source", {}, h("span.card__number", {}, String(c.number)), " ", h("cite", {}, source(c.label))),
    h("blockquote.card__quote", { dir: "auto" }, c.quote),
    h("p.card__title", { dir: "auto" }, c.title),
    where && h("p.card__place", { dir: "auto" }, where),
    h("a.card__open", { href: quoteHref(c, answerId) }, t("Read in the report"), h("span.sr", {}, `, ${t("citation %(number)s", { number: c.number })}`)));
}

/** The evidence panel. */
export function evidence(citations, answerId) {
  const id = `evidence-${answerId}`;
  return h("aside.evidence", { "aria-labelledby": id },
    h("h3.evidence__heading", { id }, t("Evidence")),
    h("ol.cards", {}, citations.map((c) => card(c, answerId))));
}

function refusal(r) {
  return h("div.refusal", {},
    h("h3", {}, t("The reports do not support an answer")),
    h("p", { dir: "auto" }, t(r.reason)),
    r.missing.length ? [h("h4", {}, t("What is missing")), h("ul", {}, r.missing.map((m) => h("li", { dir: "auto" }, m)))] : null,
    r.nearest.length ? [h("h4", {}, t("The nearest the reports come")), h("ul.nearest", {}, r.nearest.map(nearest))] : null);
}

function nearest(c) {
  const where = place(c);
  return h("li", {},
    h("blockquote", { dir: "auto" }, c.quote),
    h("p.nearest__source", {}, h("cite", {}, source(c.label)), where && [" · ", h("span", { dir: "auto" }, where)],
      " · ", h("a", { href: quoteHref(c, null) }, t("Read in the report"))));
}

function differences(items, cites) {
  if (!items.length) return null;
  return h("section.differ", { "aria-label": t("Where the reports differ") },
    h("h3", {}, t("Where the reports differ")),
    items.map((d) => h("div.differ__item", {},
      h("p.differ__about", { dir: "auto" }, d.about, d.axis_label && [" ", h("span.badge", {}, t(d.axis_label))]),
      h("ul.differ__positions", {}, d.positions.map((p) => h("li", {},
        h("p.differ__who", {}, source(p.label)), h("p.differ__claim", { dir: "auto" }, runs(p.runs, cites))))))));
}

function provenance(a) {
  const seconds = (a.timings_ms.total || 0) / 1000;
  const reports = new Set(a.citations.map((c) => c.document_id)).size;
  const parts = [a.writer === "extractive" ? t("Quoted from the reports, no language model") : t("Written by %(writer)s, each sentence checked", { writer: a.writer })];
  if (reports) parts.push(t("%(quotes)s from %(reports)s", { quotes: tn("%(num)s quote", "%(num)s quotes", a.citations.length), reports: tn("%(num)s report", "%(num)s reports", reports) }));
  if (a.dropped_statements) parts.push(tn("%(num)s sentence left out for want of evidence", "%(num)s sentences left out for want of evidence", a.dropped_statements));
  parts.push(seconds >= 0.1 ? t("%(number)s s", { number: seconds.toFixed(1) }) : t("%(number)s ms", { number: Math.round(seconds * 1000) }));
  return h("p.provenance", {}, parts.join(" · "));
}

function feedback(a) {
  return h("details.feedback", {}, h("summary", {}, t("Feedback")),
    h("form", { method: "post", action: `/answers/${encodeURIComponent(a.id)}/feedback`, "data-feedback": a.id },
      pageToken && h("input", { type: "hidden", name: "csrf_token", value: pageToken }),
      h("fieldset", {}, h("legend", {}, t("What do you make of this answer?")),
        VERDICTS.map(([value, label]) => h("label.pick", {}, h("input", { type: "radio", name: "verdict", value, required: true }), ` ${label}`))),
      h("label.field", {}, `${t("Note")} `, h("span.quiet", {}, t("(optional)")), h("textarea", { name: "note", rows: 2, maxlength: 4000 })),
      h("button.button", {}, t("Send")),
      h("p.feedback__status", { role: "status" })));
}

function considered(a) {
  return h("details.considered", {}, h("summary", {}, `${t("Passages considered")} (${a.passages.length})`),
    h("ol", {}, a.passages.map((p) => {
      const where = place(p);
      return h("li", {},
        h("p.considered__source", {}, h("a", { href: quoteHref(p, null) }, source(p.label || p.document_id)),
          where && [" ", h("span.quiet", { dir: "auto" }, where)]),
        h("p.considered__text", { dir: "auto" }, p.text));
    })));
}

/** Fills a turn with a whole answer. */
export function fill(turn, a) {
  const cites = citesOf(a.citations, a.id);
  const statements = h("div.statements");
  a.statements.forEach((s) => addStatement(statements, s, cites));
  turn.id = `answer-${a.id}`;
  turn.dataset.answer = a.id;
  turn.setAttribute("aria-labelledby", `question-${a.id}`);
  turn.removeAttribute("aria-busy");
  const head = h("header.turn__head", {},
    h("h2.turn__question", { id: `question-${a.id}`, dir: "auto" }, a.question),
    differs(a.question, a.standalone_question) && h("p.turn__understood", {}, `${t("Understood as:")} `, h("span", { dir: "auto" }, a.standalone_question)));
  const body = h("div.turn__body", {},
    h("div.answer", {},
      a.notices.map((n) => h("p.notice", { dir: "auto" }, t(n))),
      a.refusal && refusal(a.refusal),
      statements,
      differences(a.disagreements, cites),
      provenance(a),
      h("div.tools", {},
        h("button.tool.js-only", { type: "button", "data-copy": true, hidden: a.refused }, t("Copy with citations")),
        h("button.tool.js-only", { type: "button", "data-retry": true }, t("Ask again")),
        h("a.tool", { href: `/answers/${encodeURIComponent(a.id)}` }, t("Link to this answer")),
        !a.refusal && h("a.tool", { href: `/memos/new?${new URLSearchParams({ task: a.standalone_question })}` }, t("Make a memo of this")),
        feedback(a), considered(a))),
    a.citations.length ? evidence(a.citations, a.id) : null);
  turn.replaceChildren(head, body);
}

function differs(asked, understood) {
  const even = (text) => text.toLowerCase().replace(/[‘’]/g, "'").replace(/\s+/g, " ").trim();
  return even(asked) !== even(understood);
}
