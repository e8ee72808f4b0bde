// The site's service worker, served at /sw.js (portal/views/service_worker.py) so that it reaches every page.
// It keeps an organiser's roster usable without network and leaves every other page alone.
//
// The view writes one line above this file: self.NINGJU = { push: address of the push handlers or "" }.
// A page speaks to it with messages:
//   { type: "keep", page, assets: [...] }   keep this roster and what it is drawn with
//   { type: "forget" }                      nobody is signed in any more: keep nothing
"use strict";

if (self.NINGJU.push) importScripts(self.NINGJU.push);

const KEPT = "rosters-1";
const ROSTER = /^\/activities\/shifts\/\d+\/roster\/$/;
const PATIENCE = 4000; // ms for the network before what was kept is shown
const LOOSELY = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("rosters-") && name !== KEPT);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && ROSTER.test(address.pathname)) event.respondWith(roster(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(asset(request));
});

// The newest roster while there is a network, the kept one without. A redirect to the login is never kept.
async function roster(request) {
  const kept = await caches.open(KEPT);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    return answer;
  });
  const known = await kept.match(request, LOOSELY);
  if (!known) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, known.clone()));
  return Promise.race([fresh.catch(() => known), late]);
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const known = await caches.match(request, LOOSELY);
    if (known) return known;
    throw failure;
  }
}

self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") event.waitUntil(keep(event.data));
  if (event.data?.type === "forget") event.waitUntil(caches.delete(KEPT));
});

async function keep({ page, assets }) {
  const kept = await caches.open(KEPT);
  const wanted = [page, ...assets];
  await Promise.all(wanted.map(async (address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) await kept.put(address, answer);
  }));
}
