// Push messages on this device. The browser is asked for permission only after the reason was read and the button
// was pressed, never on its own. Without this file messages come to the inbox and by mail.
(() => {
  "use strict";

  const card = document.getElementById("push");
  if (!card) return;
  const button = document.getElementById("push-ask");
  const said = document.getElementById("push-said");
  const PATIENCE = 5000; // ms for the vendor's service: some networks never answer

  const say = (text) => { said.textContent = text; said.hidden = false; };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const inTime = (promise) => Promise.race([
    promise,
    new Promise((_resolve, reject) => setTimeout(() => reject(new Error("too late")), PATIENCE)),
  ]);

  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    say(card.dataset.unable);
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    try {
      if (await Notification.requestPermission() !== "granted") { say(card.dataset.blocked); return; }
      await navigator.serviceWorker.register(card.dataset.worker);
      const worker = await inTime(navigator.serviceWorker.ready);
      const subscription = await inTime(worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes(card.dataset.key),
      }));
      const answer = await fetch(card.dataset.on, {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrftoken": token() },
        body: JSON.stringify(subscription),
      });
      const told = await answer.json();
      say(told.said ?? told.reason);
      if (answer.ok) button.hidden = true;
      else await subscription.unsubscribe();
    } catch {
      say(card.dataset.failed);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
})();
