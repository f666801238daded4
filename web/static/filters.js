// Filters as visible chips, and as the shape that the API takes.
import { h, t } from "./dom.js";

const FIELDS = ["document", "publisher", "published_after", "published_before", "language"];

function controls(form) {
  return [...form.elements].filter((e) => FIELDS.includes(e.name));
}

function active(control) {
  return control.type === "checkbox" ? control.checked : control.value.trim() !== "";
}

/** The chosen filters as name and value pairs, for an address. */
export function filterQuery(form) {
  const pairs = controls(form).filter(active).map((c) => [c.name, c.value.trim()]);
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}

/** The chosen filters as the API takes them. */
export function filterBody(form) {
  const chosen = (name) => controls(form).filter((c) => c.name === name && active(c)).map((c) => c.value.trim());
  return {
    documents: chosen("document"),
    publishers: chosen("publisher"),
    published_after: chosen("published_after")[0] || null,
    published_before: chosen("published_before")[0] || null,
    language: chosen("language")[0] || null,
  };
}

function label(control) {
  return control.type === "checkbox" ? control.dataset.label : `${control.dataset.label} ${control.value.trim()}`;
}

function remove(control) {
  if (control.type === "checkbox") control.checked = false;
  else control.value = "";
}

/** Shows a chip for each filter; pressing one removes it. */
export function watchFilters(form) {
  const chips = document.getElementById("filter-chips");
  const draw = () => {
    const chosen = controls(form).filter(active);
    chips.hidden = chosen.length === 0;
    chips.replaceChildren(...chosen.map((control) => {
      const chip = h("button.filter-chip", { type: "button" },
        h("span", { dir: "auto" }, label(control)), h("span", { "aria-hidden": "true" }, "×"), h("span.sr", {}, `, ${t("remove this filter")}`));
      chip.addEventListener("click", () => {
        remove(control);
        draw();
        (chips.querySelector("button") || form.elements.question).focus();
      });
      return chip;
    }));
  };
  form.addEventListener("change", draw);
  draw();
}
