// What script adds to every page; nothing depends on it. Runs before the page is painted, so that no colour flashes.
(() => {
  const root = document.documentElement;
  const kept = {
    get: () => { try { return localStorage.getItem("scheme") || ""; } catch { return ""; } },
    set: (scheme) => { try { scheme ? localStorage.setItem("scheme", scheme) : localStorage.removeItem("scheme"); } catch { /* not allowed to keep anything */ } },
  };

  const show = (scheme) => {
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
  };

  const scheme = (button) => {
    const system = button.textContent;
    const name = () => { button.textContent = button.dataset[root.dataset.scheme] || system; };
    button.disabled = false;
    button.addEventListener("click", () => {
      const next = { light: "dark", dark: "" }[root.dataset.scheme] ?? "light";
      kept.set(next);
      show(next);
      name();
    });
    // Chosen in another window.
    addEventListener("storage", () => { show(kept.get()); name(); });
    name();
  };

  const copy = (button) => {
    const words = button.textContent;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { prompt(words, button.dataset.copy); return; }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  };

  // The words of an address that leads nowhere are what its reader looked for.
  const missing = (box) => {
    let path = location.pathname;
    try { path = decodeURIComponent(path); } catch { /* kept as it is */ }
    if (!box.value) box.value = path.replace(/\.\w+$/, "").split(/[^\p{L}\p{N}]+/u).filter((word) => /\p{L}/u.test(word)).join(" ");
  };

  const slash = (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const found = document.querySelector("main [type=search]") || document.querySelector("[aria-keyshortcuts='/']");
    if (!found) return;
    event.preventDefault();
    found.matches("input") ? found.focus() : found.click();
  };

  root.classList.add("js");
  show(kept.get());
  addEventListener("keydown", slash);
  addEventListener("DOMContentLoaded", () => {
    const each = (selector, does) => document.querySelectorAll(selector).forEach(does);
    each("#scheme", scheme);
    each("[data-copy]", copy);
    each("[data-missing]", missing);
    each("[data-print]", (button) => button.addEventListener("click", () => print()));
  });
})();
