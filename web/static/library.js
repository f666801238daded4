// Uploads with progress per file, by choosing or dropping; reasons for what failed.
import { detailOf, h, posting } from "./dom.js";

const form = document.getElementById("upload");
const list = document.getElementById("upload-list");
const status = document.getElementById("upload-status");
const limit = Number(form.dataset.limit) * 1024 * 1024;
const WORDS = { added: "added", updated: "updated", unchanged: "already in the library" };

function row(file) {
  const state = h("span.upload__state", {}, "waiting");
  const bar = h("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const item = h("li.upload__file", {}, h("span.upload__name", { dir: "auto" }, file.name), state, bar);
  list.append(item);
  return { item, state, bar, file };
}

function settle(entry, state, reason) {
  entry.item.className = `upload__file is-${state}`;
  entry.state.textContent = state === "failed" ? reason : WORDS[state] || state;
  entry.bar.remove();
}

/** Batches below the limit, so that a long list of files is not refused as one big upload. */
function batches(entries) {
  const found = [];
  let size = Infinity;
  for (const entry of entries) {
    if (size + entry.file.size > limit * 0.95 || found.at(-1).length >= 20) { found.push([]); size = 0; }
    found.at(-1).push(entry);
    size += entry.file.size;
  }
  return found;
}

/** fetch cannot report upload progress; XMLHttpRequest can. */
function send(entries) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    entries.forEach((entry) => data.append("files", entry.file));
    request.upload.addEventListener("progress", (event) => {
      entries.forEach((entry) => { entry.bar.value = event.loaded / event.total; entry.state.textContent = "uploading"; });
    });
    request.addEventListener("loadend", () => resolve(request));
    request.open("POST", "/api/documents");
    Object.entries(posting()).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.send(data);
  });
}

async function watch(id, entries) {
  for (;;) {
    const response = await fetch(`/api/jobs/${encodeURIComponent(id)}`).catch(() => null);
    if (!response) return entries.forEach((e) => settle(e, "failed", "The server could not be reached; look at the library later."));
    if (!response.ok) { const why = await detailOf(response); return entries.forEach((e) => settle(e, "failed", why)); }
    const job = await response.json();
    if (job.state === "done" || job.state === "failed") {
      return job.files.forEach((f, i) => entries[i] && settle(entries[i], f.state, f.reason));
    }
    job.files.forEach((f, i) => {
      if (f.state !== "reading" || !entries[i]) return;
      entries[i].state.textContent = f.share < 1 ? "reading" : "read, storing";
      if (f.share) entries[i].bar.value = f.share;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

async function upload(files) {
  list.replaceChildren();
  const entries = [...files].map(row);
  const fitting = entries.filter((entry) => {
    if (entry.file.size <= limit * 0.95) return true;
    settle(entry, "failed", `Larger than this installation accepts (${form.dataset.limit} MB).`);
    return false;
  });
  for (const batch of batches(fitting)) {
    const request = await send(batch);
    let body = {};
    try { body = JSON.parse(request.responseText); } catch { /* no JSON: explained below */ }
    if (request.status !== 202) {
      batch.forEach((e) => settle(e, "failed", body.detail || "The upload did not reach the server."));
      continue;
    }
    batch.forEach((entry) => { entry.bar.removeAttribute("value"); entry.state.textContent = "waiting to be read"; });
    await watch(body.id, batch);
  }
  const failed = entries.filter((e) => e.item.classList.contains("is-failed")).length;
  status.textContent = `${entries.length - failed} taken in, ${failed} failed.`;
  if (entries.length > failed) {
    list.append(h("li", {}, h("a.button", { href: "/library?sort=added&order=desc" }, "Show the library with the new reports")));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { files } = form.elements.files;
  if (files.length) upload(files);
});
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over"); });
form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("is-over"); });
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  if (event.dataTransfer.files.length) upload(event.dataTransfer.files);
});
