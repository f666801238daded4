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

/** "1 page", "3 pages". */
export function plural(count, one) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : `${one}s`}`;
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
  return `The server answered with status ${response.status}.`;
}

/** The page's token, which shows that a request comes from it; empty where nobody logs in. */
export const pageToken = document.querySelector('meta[name="csrf-token"]')?.content || "";

/** Headers of a request that changes something. */
export function posting(headers = {}) {
  return pageToken ? { ...headers, "X-CSRF-Token": pageToken } : headers;
}
