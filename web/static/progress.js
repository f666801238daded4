// Follows a memo that is being written, and opens it when it is there.
import { t } from "./dom.js";

const box = document.querySelector("[data-memo]");
const bar = box.querySelector("progress");
const step = box.querySelector(".progress__step");

async function follow() {
  for (;;) {
    const response = await fetch(`/api/memos/${encodeURIComponent(box.dataset.memo)}`).catch(() => null);
    if (!response) step.textContent = t("The server could not be reached; trying again.");
    else if (response.status !== 202) return location.reload(); // the page itself shows the memo or what went wrong
    else {
      const state = await response.json();
      bar.value = state.share;
      if (step.textContent !== t(state.step)) step.textContent = t(state.step);
    }
    await new Promise((resolve) => setTimeout(resolve, response ? 500 : 3000));
  }
}

follow();
