"use strict";

// Keeps the latest edition and the pages that were read at hand, where the site is set up to work offline.
{
  const { worker } = document.currentScript.dataset;
  addEventListener("load", () => {
    // Some browsers have a worker and refuse it, in private windows for one: the site works without.
    navigator.serviceWorker?.register(worker).catch(() => {});
  });
}
