// Verifies an edited statement as soon as its field is left, and marks what its quotes do not carry.
import { detailOf, h, posting, t } from "./dom.js";

const form = document.getElementById("edit");
const saved = new Map([...form.querySelectorAll("textarea")].map((field) => [field, field.defaultValue]));
let sending = false;

const even = (text) => text.replace(/\s+/g, " ").trim();
const changed = (field) => even(field.value) !== even(saved.get(field));

function show(field, ...what) {
  document.getElementById(`v-${field.dataset.at}`).replaceChildren(...what);
}

async function verify(field) {
  if (!even(field.value)) return show(field, t("This statement will be taken out."));
  if (!changed(field)) return show(field);
  show(field, t("Verifying"));
  const [section, statement] = field.dataset.at.split("-").map(Number);
  const asked = field.value;
  const response = await fetch(form.dataset.check, {
    method: "POST",
    headers: posting({ "Content-Type": "application/json" }),
    body: JSON.stringify({ section, statement, text: asked }),
  }).catch(() => null);
  if (field.value !== asked) return; // changed again meanwhile
  if (!response) return show(field, t("The server could not be reached; the statement will be verified when you save."));
  if (!response.ok) return show(field, await detailOf(response));
  const verdict = await response.json();
  if (verdict.support === "verified") show(field, h("span.tag.tag--good", {}, t("Verified")));
  else show(field, h("span.tag.tag--doubt", {}, t("Doubtful")), ` ${verdict.problems.join("; ")}`);
}

form.addEventListener("change", (event) => {
  if (event.target.matches("textarea")) verify(event.target);
});
form.addEventListener("submit", () => { sending = true; });
addEventListener("beforeunload", (event) => {
  if (!sending && [...saved.keys()].some(changed)) event.preventDefault();
});
