// Runs before the first paint: marks that scripts work, and applies the chosen colours.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let stored = null;
  try { stored = localStorage.getItem("theme"); } catch { /* storage is off: follow the system */ }
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* lasts for this page only */ }
  });
})();
