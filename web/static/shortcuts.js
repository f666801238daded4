// Single keys for what is done often, and the list of them. They can be switched off in that list.
const dialog = document.getElementById("shortcuts");

function wanted() {
  try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
}

document.querySelectorAll("[data-single-keys]").forEach((box) => {
  box.checked = wanted();
  box.addEventListener("change", () => {
    try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* lasts for this page only */ }
  });
});

function list() {
  if (!dialog) return false;
  dialog.showModal();
  return true;
}

function focusOn(element) {
  if (!element) return false;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
  return true;
}

/** In a report the link of the trail; elsewhere the next citation number on the page. */
function citation(by) {
  const link = document.querySelector(`[data-citation="${by > 0 ? "next" : "previous"}"]`);
  if (link) { link.click(); return true; }
  const chips = [...document.querySelectorAll(".chip")];
  if (!chips.length) return false;
  const at = chips.indexOf(document.activeElement);
  return focusOn(chips[at < 0 ? (by > 0 ? 0 : chips.length - 1) : (at + by + chips.length) % chips.length]);
}

function evidence() {
  const original = document.querySelector("[data-original] summary");
  if (original) { original.click(); return focusOn(original); }
  const turn = document.activeElement.closest?.(".turn") || [...document.querySelectorAll(".turn")].at(-1) || document;
  return focusOn(turn.querySelector(".card.is-active .card__open") || turn.querySelector(".card__open"));
}

function typing() {
  const field = document.querySelector("#find, #question, main [type=search], #task");
  if (field) { field.select?.(); return focusOn(field); }
  location.assign("/");
  return true;
}

const KEYS = { "?": list, "/": typing, n: () => citation(1), p: () => citation(-1), e: evidence };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !wanted()) return;
  if (event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
  if (KEYS[event.key]?.()) event.preventDefault();
});
// back to the conversation that this page has become, not to the empty page it was
document.querySelector("[data-language]")?.addEventListener("submit", (event) => {
  if (location.pathname.startsWith("/conversations/")) event.target.elements.back.value = location.pathname + location.search;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]") && list()) event.preventDefault();
  if (event.target === dialog) dialog.close(); // the backdrop
});
