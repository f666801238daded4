// Uploads with progress per file, by choosing or dropping; reasons for what failed.
import { detailOf, h, posting, t } from "./dom.js";

const form = document.getElementById("upload");
const list = document.getElementById("upload-list");
const status = document.getElementById("upload-status");
const more = document.getElementById("upload-more");
const limit = Number(form.dataset.limit) * 1024 * 1024;
const OUTCOMES = { added: t("added"), updated: t("updated"), unchanged: t("already in the library") };

function row(name) {
  const state = h("span.upload__state", { dir: "auto" }, t("waiting to be read"));
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("Upload of %(name)s", { name }) });
  const item = h("li.upload__file", {}, h("span.upload__name", { dir: "auto" }, name), state, bar);
  list.append(item);
  return { item, state, bar };
}

function settle(entry, state, reason, documentId) {
  entry.item.className = `upload__file is-${state}`;
  const text = state === "failed" ? reason : OUTCOMES[state] || state;
  entry.state.replaceChildren(documentId ? h("a", { href: `/documents/${encodeURIComponent(documentId)}` }, text) : text);
  entry.bar.remove();
}

const settleAll = (entries, reason) => entries.forEach((entry) => settle(entry, "failed", reason));

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
      entries.forEach((entry) => { entry.bar.value = event.loaded / event.total; entry.state.textContent = t("uploading"); });
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
    if (!response) return settleAll(entries, t("The server could not be reached; look at the library later."));
    if (!response.ok) return settleAll(entries, await detailOf(response));
    const job = await response.json();
    if (job.state === "done" || job.state === "failed") {
      return job.files.forEach((f, i) => entries[i] && settle(entries[i], f.state, f.reason, f.document_id));
    }
    job.files.forEach((f, i) => {
      if (f.state !== "reading" || !entries[i]) return;
      entries[i].state.textContent = f.share < 1 ? t("being read") : t("read, storing");
      if (f.share) entries[i].bar.value = f.share;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

function done(entries) {
  const failed = entries.filter((e) => e.item.classList.contains("is-failed")).length;
  status.textContent = t("%(good)s taken in, %(bad)s failed.", { good: entries.length - failed, bad: failed });
  if (entries.length > failed) list.append(more.content.cloneNode(true));
}

async function upload(files) {
  list.replaceChildren();
  const entries = [...files].map((file) => ({ ...row(file.name), file }));
  const fitting = entries.filter((entry) => {
    if (entry.file.size <= limit * 0.95) return true;
    settle(entry, "failed", t("Larger than this installation accepts (%(limit)s MB).", { limit: form.dataset.limit }));
    return false;
  });
  for (const batch of batches(fitting)) {
    const request = await send(batch);
    let body = {};
    try { body = JSON.parse(request.responseText); } catch { /* no JSON: explained below */ }
    if (request.status !== 202) { settleAll(batch, body.detail || t("The upload did not reach the server.")); continue; }
    batch.forEach((entry) => { entry.bar.removeAttribute("value"); entry.state.textContent = t("waiting to be read"); });
    await watch(body.id, batch);
  }
  done(entries);
}

/** Follows what the server was already taking in when the page was opened. */
async function follow() {
  const under = [...list.querySelectorAll(".is-waiting, .is-reading")];
  const jobs = [...new Set(under.map((item) => item.dataset.job))];
  const followed = [];
  await Promise.all(jobs.map((id) => {
    const entries = [...list.querySelectorAll(`[data-job="${CSS.escape(id)}"]`)].map((old) => {
      const entry = row(old.querySelector(".upload__name").textContent);
      entry.bar.removeAttribute("value");
      old.remove();
      return entry;
    });
    followed.push(...entries);
    return watch(id, entries);
  }));
  if (followed.length) done(followed);
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
follow();
