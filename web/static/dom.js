// Builds elements. Text is only ever set as text; there is no way in for markup.

/** h("p.note", {dir: "auto"}, "text", child): an element with classes, attributes and children. */
export function h(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");
const language = document.documentElement.lang || "en";
const categories = new Intl.PluralRules(language);

function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** A text in the page's language, %(name)s filled in; the English as written where there is no translation. */
export function t(text, values = {}) {
  return filled(texts[text] || text, values);
}

/** A text that counts: the form that fits the number, which stands in it as %(num)s. */
export function tn(one, many, count) {
  const forms = texts[one] || { one, other: many };
  return filled(forms[categories.select(count)] || forms.other, { num: count.toLocaleString(`${language}-u-nu-latn`) });
}

/** Says something to screen readers without showing it. */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.append(h("span", {}, `${text} `));
}

/** Text of an error reply: its "detail", or a plain sentence. */
export async function detailOf(response) {
  try {
    const body = await response.json();
    if (typeof body.detail === "string") return body.detail;
  } catch { /* not JSON: fall through */ }
  return t("The server answered with status %(status)s.", { status: response.status });
}

/** The page's token, which shows that a request comes from it; empty where nobody logs in. */
export const pageToken = document.querySelector('meta[name="csrf-token"]')?.content || "";

/** Headers of a request that changes something. */
export function posting(headers = {}) {
  return pageToken ? { ...headers, "X-CSRF-Token": pageToken } : headers;
}
