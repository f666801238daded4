// Opens the text at the quote, and folds the outline on narrow screens.
const narrow = matchMedia("(max-width: 62rem)").matches;
if (narrow) document.querySelector(".outline")?.removeAttribute("open");
document.querySelector(".outline a[aria-current]")?.scrollIntoView({ block: "center" });
if (!location.hash && !location.search) scrollTo(0, 0);
const quote = document.getElementById("quote");
if (quote) {
  const centre = () => quote.scrollIntoView({ block: "center" });
  quote.focus({ preventScroll: true });
  centre();
  addEventListener("load", centre, { once: true }); // fonts may move lines once more
}
