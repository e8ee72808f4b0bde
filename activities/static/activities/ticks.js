// The roster's taps, with and without network. Each tap is signed on the device with the key of this shift, kept in
// the browser's database, sent at once, and sent again until the site has judged it. Rules: services/offline.py.
// Without this file, or where the browser lacks what it needs, each tap is an ordinary form.
(() => {
  "use strict";

  const page = document.getElementById("ticks");
  if (!page || !window.indexedDB || !window.crypto?.subtle || !navigator.serviceWorker) return;
  const { shift, user, keyUrl, sendUrl, alone, waiting, again, refused } = page.dataset;
  const RETRY = 10000;
  const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  let signer = null; // { name, secret, offset }
  let timer = 0, isSending = false, isStuck = "";

  // --- the browser's database
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("ticks", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys", { keyPath: "id" });
      asked.result.createObjectStore("queue", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  async function stored(store, mode, act) {
    const transaction = (await opened).transaction(store, mode);
    const asked = act(transaction.objectStore(store));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return asked?.result;
  }

  const queued = async () => {
    const all = (await stored("queue", "readonly", (store) => store.getAll())) ?? [];
    return all.filter((tick) => tick.user === user).sort((one, other) => one.at - other.at);
  };

  // --- the key: handed out while there is a network, kept where no script can read its bytes
  const post = (url, content) => fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify(content),
  });

  async function takeKey() {
    const id = `${user}:${shift}`;
    signer = (await stored("keys", "readonly", (store) => store.get(id))) ?? null;
    try {
      const answer = await post(keyUrl, {});
      if (!answer.ok) return;
      const { name, secret, now } = await answer.json();
      const bytes = Uint8Array.from(atob(secret), (mark) => mark.charCodeAt(0));
      const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      signer = { id, name, secret: key, offset: now - Date.now() };
      await stored("keys", "readwrite", (store) => store.put(signer));
    } catch { /* no network: the key of the last visit goes on */ }
  }

  // --- one tap
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-tick]");
    if (!form || !signer) return;
    event.preventDefault();
    event.stopPropagation();
    const mine = signer; // a newer key may come while this tap is signed
    const at = Date.now() + mine.offset;
    const tick = { id: crypto.randomUUID(), user, shift, key: mine.name, signUp: form.dataset.signUp, act: form.dataset.tick, at };
    draw(tick);
    sign(tick, mine.secret).then(send);
  }, true);

  async function sign(tick, secret) {
    const text = new TextEncoder().encode(`${tick.id}|${tick.signUp}|${tick.act}|${tick.at}`);
    const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", secret, text));
    tick.signature = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    await stored("queue", "readwrite", (store) => store.put(tick));
  }

  // --- sending, until every tick has its verdict
  async function send() {
    clearTimeout(timer);
    if (isSending) return;
    isSending = true;
    try {
      for (let ticks = await queued(); ticks.length; ticks = await queued()) {
        const key = ticks[0].key;
        if (!(await sendThose(key, ticks.filter((tick) => tick.key === key)))) break;
      }
    } finally {
      isSending = false;
      await say();
    }
  }

  async function sendThose(key, ticks) {
    try {
      const answer = await post(sendUrl, { key, ticks });
      isStuck = answer.status === 401 ? again : answer.ok ? "" : refused;
      if (!answer.ok) throw new Error(String(answer.status));
      const { verdicts } = await answer.json();
      await stored("queue", "readwrite", (store) => { verdicts.forEach((verdict) => store.delete(verdict.id)); });
      window.htmx?.trigger(document.getElementById("roster"), "pulse");
      keep();
      return true;
    } catch {
      timer = setTimeout(send, RETRY);
      return false;
    }
  }

  // --- what the organiser sees
  async function say() {
    const count = (await queued()).length;
    const words = [navigator.onLine ? "" : alone, isStuck, count ? waiting.replace("{count}", count) : ""];
    page.textContent = words.filter(Boolean).join(" ");
    page.hidden = !page.textContent;
  }

  function draw(tick) {
    const row = document.querySelector(`[data-row="${tick.signUp}"]`);
    if (!row) return;
    const note = row.querySelector("[data-note]");
    const time = new Date(tick.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    note.textContent = note.dataset[tick.act].replace("{time}", time);
    note.hidden = false;
    row.querySelectorAll("form[data-tick]").forEach((form) => { form.hidden = form.dataset.tick === tick.act; });
  }

  async function drawAll() {
    (await queued()).filter((tick) => tick.shift === shift).forEach(draw);
    await say();
  }

  // --- the page itself is kept for when the network is gone
  async function keep() {
    const worker = (await navigator.serviceWorker.ready).active;
    const urls = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], use")]
      .map((part) => part.href?.baseVal ?? part.href ?? part.src).map((url) => new URL(url, location).href.split("#")[0]);
    worker?.postMessage({ type: "keep", page: location.pathname, assets: [...new Set(urls)] });
  }

  document.addEventListener("htmx:afterSettle", drawAll);
  window.addEventListener("online", async () => { if (!signer) await takeKey(); send(); });
  window.addEventListener("offline", say);
  navigator.serviceWorker.register("/sw.js").then(keep).catch(() => { /* then only with a network */ });
  takeKey().then(drawAll).then(send);
})();
