// Added to pages by the preview only: reloads when the page changes, shows what is wrong over it.
(() => {
  const fingerprint = document.currentScript.dataset.fingerprint;
  const place = "broadsheet-scroll:" + location.pathname;

  const kept = sessionStorage.getItem(place);
  if (kept !== null) {
    sessionStorage.removeItem(place);
    const [x, y] = kept.split(" ").map(Number);
    const restore = () => window.scrollTo({ left: x, top: y, behavior: "instant" });
    restore();
    window.addEventListener("load", restore, { once: true });
  }

  let overlay = null;

  const styled = (name, css, text = "") => {
    const element = document.createElement(name);
    element.style.cssText = css;
    element.textContent = text;
    return element;
  };

  const show = (problems) => {
    overlay?.remove();
    overlay = null;
    if (!problems.length) return;
    overlay = styled("div", "position:fixed;inset:auto 0 0 0;z-index:2147483647;max-height:60vh;overflow:auto;" +
      "padding:1rem 1.25rem;background:#2a1215;color:#fff;border-top:4px solid #e5484d;" +
      "font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;text-align:left;direction:ltr");
    overlay.id = "broadsheet-problems";
    overlay.setAttribute("role", "alert");
    for (const problem of problems) {
      overlay.append(
        styled("div", "font-weight:700;overflow-wrap:anywhere", problem.first),
        styled("pre", "margin:.25rem 0 1rem;color:#ffd7d9;background:none;border:0;padding:0;white-space:pre-wrap", problem.rest),
      );
    }
    document.body.append(overlay);
  };

  const query = new URLSearchParams({ path: location.pathname, fingerprint });
  let events = null;

  const listen = () => {
    events = new EventSource("/_broadsheet/events?" + query);
    events.addEventListener("problems", (event) => show(JSON.parse(event.data)));
    events.addEventListener("reload", () => {
      events.close();
      sessionStorage.setItem(place, window.scrollX + " " + window.scrollY);
      location.reload();
    });
  };

  // A browser opens six connections to a host: tabs that nobody sees must not hold them.
  const follow = () => {
    events?.close();
    events = null;
    if (!document.hidden) listen();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
})();
