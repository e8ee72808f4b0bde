// Push messages, for the service worker (sw.js imports this file). What a message holds: notifications/channels/push.py.
"use strict";

self.addEventListener("push", (event) => {
  let message;
  try { message = event.data.json(); } catch { return; }
  if (!message || !message.title) return;
  event.waitUntil(self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag, // a message that arrives twice is shown once
    lang: message.lang,
    icon: "/static/img/icon-192.png",
    requireInteraction: Boolean(message.stays),
    actions: (message.actions ?? []).map(({ action, title }) => ({ action, title })),
    data: { url: message.url, actions: message.actions ?? [] },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, actions } = event.notification.data;
  const chosen = actions.find(({ action }) => action === event.action);
  event.waitUntil(chosen ? answer(chosen, event.notification) : open(url));
});

// One tap answers; what came of it is said in the same place.
async function answer({ post }, asked) {
  let said = "";
  try {
    const answered = await fetch(post, { method: "POST", headers: { accept: "application/json" } });
    said = (await answered.json()).said;
  } catch {
    return open(asked.data.url); // no network: the page says so and offers the same answer
  }
  return self.registration.showNotification(said, { tag: asked.tag, lang: asked.lang, icon: asked.icon, data: { url: asked.data.url, actions: [] } });
}

async function open(url) {
  const address = new URL(url, self.location.origin);
  if (address.origin !== self.location.origin) return undefined;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => new URL(one.url).origin === address.origin);
  if (!page) return self.clients.openWindow(address.href);
  await page.focus();
  return page.navigate(address.href).catch(() => self.clients.openWindow(address.href));
}
