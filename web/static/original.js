// The original page beside the text: turns pages, follows the reading, remembers whether it is wanted.
import { t } from "./dom.js";

const panel = document.querySelector("[data-original]");
const SVG = "http://www.w3.org/2000/svg";

function remembered() {
  try { return localStorage.getItem("original"); } catch { return null; }
}

function remember(value) {
  try { localStorage.setItem("original", value); } catch { /* lasts for this page only */ }
}

function say(state) {
  panel.querySelectorAll("[data-when]").forEach((p) => { p.hidden = p.dataset.when !== state; });
}

function drawBoxes(place) {
  const svg = panel.querySelector(".sheet__boxes");
  svg.replaceChildren();
  if (!place) return;
  svg.setAttribute("viewBox", `0 0 ${place.width} ${place.height}`);
  place.boxes.forEach(([left, top, right, bottom]) => {
    const rect = document.createElementNS(SVG, "rect");
    const at = { x: left - 3, y: top - 1, width: right - left + 6, height: bottom - top + 2, rx: 3 };
    Object.entries(at).forEach(([name, value]) => rect.setAttribute(name, value));
    svg.append(rect);
  });
  reveal(place);
}

/** Scrolls the panel, never the page, until the first box is in the middle. */
function reveal(place) {
  if (!place.boxes.length || panel.scrollHeight <= panel.clientHeight) return;
  const sheet = panel.querySelector(".sheet");
  const middle = sheet.offsetTop + (place.boxes[0][1] / place.height) * sheet.offsetHeight;
  panel.scrollTop = Math.max(0, middle - panel.clientHeight / 2);
}

/** Starts the panel; returns a function that shows a page. */
export function startOriginal(narrow) {
  if (!panel) return () => {};
  const image = panel.querySelector("img");
  const total = Number(panel.dataset.total);
  let number = Number(panel.dataset.number);
  let places = JSON.parse(panel.dataset.places);
  if (remembered() === "hidden" || (narrow && remembered() !== "shown")) panel.open = false;
  panel.querySelector("summary").addEventListener("click", () => remember(panel.open ? "hidden" : "shown"));

  const address = (page) => panel.dataset.image.replace(/\/\d+\.png/, `/${page}.png`);

  function state() {
    if (!panel.dataset.placesUrl || panel.dataset.state === "plain") return "plain";
    if (panel.dataset.state === "waiting") return "waiting";
    if (places.some((p) => p.page === number && p.boxes.length)) return "found";
    return places.some((p) => p.boxes.length) ? "elsewhere" : "missing";
  }

  function show(page) {
    if (!image || page < 1 || page > total) return;
    number = page;
    const place = places.find((p) => p.page === page);
    panel.querySelector("[data-shown]").textContent = page;
    panel.querySelector("[data-whole]").href = address(page);
    panel.querySelector('[data-step="-1"]').hidden = page <= 1;
    panel.querySelector('[data-step="1"]').hidden = page >= total;
    const quoted = places.find((p) => p.boxes.length);
    if (quoted) panel.querySelector("[data-quote-page]").textContent = quoted.page;
    if (image.getAttribute("src") !== address(page)) {
      drawBoxes(null);
      image.alt = t("Page %(number)s of the original", { number: page });
      image.removeAttribute("height"); // the pages of a report need not be of one size
      image.src = address(page);
    }
    if (place) drawBoxes(place);
    say(state());
  }

  panel.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    const home = event.target.closest("[data-to-quote]");
    if (!step && !home) return;
    event.preventDefault();
    show(step ? number + Number(step.dataset.step) : places.find((p) => p.boxes.length).page);
  });
  image?.addEventListener("error", () => say("failed"));

  if (panel.dataset.state === "waiting" && panel.dataset.placesUrl) {
    fetch(panel.dataset.placesUrl).then((r) => (r.ok ? r.json() : Promise.reject())).then((found) => {
      places = found.pages;
      panel.dataset.state = "";
      show(places.length ? places[0].page : number);
    }).catch(() => say("failed"));
  }
  const shown = () => { const place = places.find((p) => p.page === number); if (place) reveal(place); };
  shown();
  image?.addEventListener("load", shown);
  follow(show);
  return (page) => { panel.open = true; show(page); if (narrow) panel.scrollIntoView({ block: "start" }); };
}

/** Shows the page that is being read, once scrolling rests. */
function follow(show) {
  const marks = [...document.querySelectorAll(".page-mark")];
  let timer = 0;
  let hand = false; // only a person's scrolling turns pages, not our own
  ["wheel", "touchmove", "keydown", "pointerdown"].forEach((kind) => addEventListener(kind, () => { hand = true; }, { passive: true }));
  addEventListener("scroll", () => {
    clearTimeout(timer);
    if (!hand || !panel.open) return;
    timer = setTimeout(() => {
      const above = marks.filter((m) => m.getBoundingClientRect().top < innerHeight * 0.45);
      if (above.length) show(Number(above.at(-1).dataset.page));
    }, 220);
  }, { passive: true });
}
