// Keeps answer and evidence in step, and previews a quote where its number is pointed at or focused.
import { h } from "./dom.js";

let preview = null;
let leaving = 0;

function cardOf(turn, number) {
  return turn.querySelector(`.card[data-card="${Number(number)}"]`);
}

function clear(turn) {
  turn.querySelectorAll(".is-active").forEach((element) => element.classList.remove("is-active"));
}

function activate(turn, numbers) {
  clear(turn);
  numbers.forEach((number, index) => {
    const card = cardOf(turn, number);
    if (!card) return;
    card.classList.add("is-active");
    if (index === 0) reveal(card);
  });
}

/** Scrolls the panel, never the page. */
function reveal(card) {
  const panel = card.closest(".evidence");
  if (panel.scrollHeight <= panel.clientHeight) return;
  const above = card.getBoundingClientRect().top - panel.getBoundingClientRect().top;
  const below = above + card.offsetHeight - panel.clientHeight;
  if (above < 0) panel.scrollTop += above - 8;
  else if (below > 0) panel.scrollTop += Math.min(below + 8, above);
}

function show(chip) {
  hide();
  const card = cardOf(chip.closest(".turn"), chip.dataset.cite);
  if (!card) return;
  preview = h("div.preview", { role: "tooltip", id: "preview" },
    h("p", {}, [...card.querySelector("cite").childNodes].map((node) => node.cloneNode(true))),
    h("blockquote", { dir: "auto" }, card.querySelector("blockquote").textContent),
    h("p.quiet", { dir: "auto" }, card.querySelector(".card__place")?.textContent || ""));
  document.body.append(preview);
  chip.setAttribute("aria-describedby", "preview");
  const at = chip.getBoundingClientRect();
  const width = preview.offsetWidth;
  const left = Math.max(16, Math.min(at.left + at.width / 2 - width / 2, document.documentElement.clientWidth - width - 16));
  const above = at.top > preview.offsetHeight + 12;
  preview.style.left = `${left + scrollX}px`;
  preview.style.top = `${scrollY + (above ? at.top - preview.offsetHeight - 6 : at.bottom + 6)}px`;
  preview.chip = chip;
  preview.addEventListener("pointerenter", () => clearTimeout(leaving));
  preview.addEventListener("pointerleave", hideSoon);
}

function hide() {
  clearTimeout(leaving);
  preview?.chip?.removeAttribute("aria-describedby");
  preview?.remove();
  preview = null;
}

function hideSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, 180); // long enough to move the pointer into the preview
}

function enter(event) {
  const chip = event.target.closest?.(".chip");
  const statement = event.target.closest?.(".statement, .differ__positions > li");
  const card = event.target.closest?.(".card");
  const turn = event.target.closest?.(".turn");
  if (!turn) return;
  if (chip) {
    activate(turn, [chip.dataset.cite]);
    if (preview?.chip !== chip) show(chip);
  } else if (card) {
    clear(turn);
    card.classList.add("is-active");
    turn.querySelectorAll(`.chip[data-cite="${Number(card.dataset.card)}"]`).forEach((c) => {
      c.classList.add("is-active");
      c.closest(".statement")?.classList.add("is-active");
    });
  } else if (statement) {
    activate(turn, [...statement.querySelectorAll(".chip")].map((c) => c.dataset.cite));
  }
}

/** Starts listening; works for answers that arrive later too. */
export function watchEvidence(root) {
  root.addEventListener("mouseover", enter);
  root.addEventListener("focusin", enter);
  root.addEventListener("mouseout", (event) => {
    if (event.target.closest?.(".chip")) hideSoon();
  });
  root.addEventListener("focusout", (event) => {
    if (event.target.closest?.(".chip")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && preview) hide();
  });
  addEventListener("pagehide", hide);
}
