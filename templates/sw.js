{# The service worker. Where the site does not work offline, it takes away the one that did. #}
"use strict";

const OURS = `${self.registration.scope} broadsheet `;

{% if site.offline %}
{% set files = ["style.css", "site.js", "offline.js", "favicon.svg"] %}
{% set addresses = namespace(all=page.fresh|map("url")|list + ["/offline/"|url]) %}
{% for name in files %}
{% set addresses.all = addresses.all + [name|file] %}
{% endfor %}
const KEPT = OURS + {{ ([page.version] + addresses.all[-4:])|join(" ")|tojson }};
const READ = `${OURS}read`;
const MOST_READ = 240;
const OFFLINE = {{ "/offline/"|url|tojson }};
const NEVER = {{ "/search/index/"|url|tojson }};
const FRESH = {{ addresses.all|tojson }};

self.addEventListener("install", (event) => event.waitUntil(keepFresh()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = request.url.startsWith(self.registration.scope) && !new URL(request.url).pathname.startsWith(NEVER);
  const isShown = request.mode === "navigate" || ["style", "script", "image", "font"].includes(request.destination);
  if (ours && isShown && request.method === "GET") event.respondWith(answer(event));
});

async function keepFresh() {
  const cache = await caches.open(KEPT);
  await cache.addAll(FRESH.map((address) => new Request(address, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== KEPT && name !== READ);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

// The network first: a reader with a connection never sees an old page.
async function answer(event) {
  const { request } = event;
  try {
    const response = (await event.preloadResponse) || (await fetch(request));
    if (response.status === 200) event.waitUntil(remember(request, response.clone()));
    return response;
  } catch (error) {
    const kept = (await find(request)) || (request.mode === "navigate" && (await find(OFFLINE)));
    if (kept) return kept;
    throw error;
  }
}

async function find(request) {
  for (const name of [READ, KEPT]) {
    const cache = await caches.open(name);
    const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
  }
}

// What was read last stands last in a cache, so that the first are the ones to go.
async function remember(request, response) {
  const cache = await caches.open(READ);
  await cache.delete(request, { ignoreSearch: true, ignoreVary: true });
  await cache.put(request, response);
  const read = await cache.keys();
  await Promise.all(read.slice(0, Math.max(0, read.length - MOST_READ)).map((one) => cache.delete(one)));
}
{% else %}
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(OURS));
  await Promise.all(ours.map((name) => caches.delete(name)));
  await self.registration.unregister();
}
{% endif %}
