// Moves, removes and drags sections of an outline without asking the server.
import { t } from "./dom.js";

const form = document.getElementById("outline");
const list = document.getElementById("parts");
const live = document.getElementById("live");
let dragged = null;

const parts = () => [...list.children];
const heading = (part) => part.querySelector(".part__heading").value;
const fixed = (part) => part.classList.contains("is-fixed");

function renumber() {
  parts().forEach((part, number) => part.querySelectorAll("button").forEach((button) => {
    button.value = `${button.value.split(":")[0]}:${number}`;
  }));
}

function say(part) {
  live.textContent = t("%(heading)s is now section %(number)s of %(total)s.", {
    heading: heading(part), number: parts().indexOf(part) + 1, total: list.children.length,
  });
}

function move(part, by, button) {
  const other = by < 0 ? part.previousElementSibling : part.nextElementSibling;
  if (!other || fixed(other)) return;
  if (by < 0) other.before(part);
  else other.after(part);
  renumber();
  button.focus();
  say(part);
}

function remove(part) {
  const near = part.nextElementSibling || part.previousElementSibling;
  live.textContent = t("%(heading)s was removed.", { heading: heading(part) });
  part.remove();
  renumber();
  (near?.querySelector(".part__heading") || form.elements.title).focus();
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move], [data-remove]");
  if (!button) return;
  event.preventDefault();
  const part = button.closest("[data-part]");
  if (button.dataset.move) move(part, Number(button.dataset.move), button);
  else remove(part);
});

// Only the grip makes a section draggable, so that text in its fields can still be selected.
list.addEventListener("pointerdown", (event) => {
  const part = event.target.closest(".part__grip")?.closest("[data-part]");
  if (part && !fixed(part)) part.draggable = true;
});
list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-part]");
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", heading(dragged));
});
list.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-part]");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged || fixed(over)) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});
list.addEventListener("dragend", () => {
  dragged.classList.remove("is-dragged");
  dragged.draggable = false;
  renumber();
  say(dragged);
  dragged = null;
});
