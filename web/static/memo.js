// Keeps a memo and its evidence in step.
import { watchEvidence } from "./evidence.js";

watchEvidence(document.querySelector(".memo"));
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && !event.target.closest(".menu summary")) menu.open = false;
});
