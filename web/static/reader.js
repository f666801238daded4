// Opens the text at the quote, and folds what would push it out of view on narrow screens.
import { startFind } from "./find.js";
import { startOriginal } from "./original.js";

const narrow = matchMedia("(max-width: 62rem)").matches;
const outline = document.querySelector(".outline");
// beside an original page the contents stand above the text, and would hide it
if (outline && (narrow || (document.querySelector("[data-original]") && !matchMedia("(min-width: 100rem)").matches))) outline.open = false;
const showPage = startOriginal(narrow);
startFind();

document.getElementById("text").addEventListener("click", (event) => {
  const mark = event.target.closest("a.page-mark");
  if (!mark) return;
  event.preventDefault();
  showPage(Number(mark.dataset.page));
});

const here = document.querySelector(".outline a[aria-current]");
if (here && outline.open) here.closest(".reader__side").scrollTop = here.offsetTop - 120;
if (!location.hash && !location.search) scrollTo(0, 0);
const quote = document.getElementById("quote");
if (quote) {
  const centre = () => quote.scrollIntoView({ block: "center" });
  quote.focus({ preventScroll: true });
  centre();
  addEventListener("load", centre, { once: true }); // fonts may move lines once more
}
