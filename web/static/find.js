// Search inside a report: hits are highlighted without touching the text (CSS Custom Highlight API).
import { t } from "./dom.js";

const LIMIT = 2000;

/** Lower case, without accents, each letter with the offset it came from. */
function fold(text) {
  let out = "";
  const at = [];
  for (let i = 0; i < text.length; i += 1) {
    const plain = /\s/.test(text[i]) ? " " : text[i].normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "")
      .replace(/[‘’]/g, "'").replace(/[“”]/g, '"').toLowerCase();
    for (const letter of plain) {
      if (letter === " " && out.endsWith(" ")) continue;
      out += letter;
      at.push(i);
    }
  }
  at.push(text.length);
  return { out, at };
}

/** Ranges of all hits in one block; a hit may run over marked words. */
function hitsIn(block, needle) {
  const nodes = [];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) { nodes.push([walker.currentNode, text.length]); text += walker.currentNode.data; }
  const { out, at } = fold(text);
  const place = (offset, end) => {
    const entry = nodes.findLast(([, start]) => (end ? start < offset : start <= offset)) || nodes[0];
    return [entry[0], offset - entry[1]];
  };
  const found = [];
  for (let from = out.indexOf(needle); from >= 0 && found.length < LIMIT; from = out.indexOf(needle, from + needle.length)) {
    const range = new Range();
    range.setStart(...place(at[from], false));
    range.setEnd(...place(at[from + needle.length - 1] + 1, true));
    found.push(range);
  }
  return found;
}

export function startFind() {
  const form = document.querySelector("[data-find]");
  if (!form || !window.Highlight || !CSS.highlights) { form?.remove(); return; }
  const field = form.querySelector("input");
  const count = form.querySelector("[role=status]");
  const steps = form.querySelectorAll("[data-find-step]");
  const text = document.getElementById("text");
  let hits = [];
  let current = -1;
  let timer = 0;

  function go(by) {
    if (!hits.length) return;
    current = (current + by + hits.length) % hits.length;
    CSS.highlights.set("find-current", new Highlight(hits[current]));
    count.textContent = t("%(number)s of %(total)s", { number: current + 1, total: hits.length });
    const box = hits[current].getBoundingClientRect();
    scrollTo({ top: scrollY + box.top - innerHeight * 0.4 });
  }

  function search() {
    field.dataset.searched = field.value;
    const needle = fold(field.value.trim()).out;
    hits = needle ? [...text.children].flatMap((block) => hitsIn(block, needle)).slice(0, LIMIT) : [];
    CSS.highlights.delete("find-current");
    CSS.highlights.set("find", new Highlight(...hits));
    steps.forEach((button) => { button.disabled = !hits.length; });
    count.textContent = needle ? t("Not found") : "";
    // begin with the first hit that is not above what is being read
    current = hits.findIndex((hit) => hit.getBoundingClientRect().bottom > 120) - 1;
    if (hits.length) go(1);
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 150); });
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      clearTimeout(timer);
      if (hits.length && field.value === field.dataset.searched) go(event.shiftKey ? -1 : 1);
      else search();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      field.value = "";
      search();
      field.blur();
    }
  });
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-find-step]");
    if (step) go(Number(step.dataset.findStep));
  });
}
