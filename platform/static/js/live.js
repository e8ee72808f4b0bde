// What happens elsewhere, shown without a reload: one socket a page (protocol: notifications/consumers.py).
// Every page works without this file.
//
// A part of a page that watches topics refreshes itself with the htmx attributes that it carries:
//   <div data-topic="me:5 ranking:310105" hx-get="…" hx-trigger="pulse" hx-select="…" hx-swap="outerHTML">
(() => {
  "use strict";

  const page = document.getElementById("live");
  if (!page) return;
  const { user, sequence, rendered, waiting, more, inbox } = page.dataset;
  const FIRST_WAIT = 1000, LONGEST_WAIT = 30000; // before coming back, doubled each time
  const SHOWN_AFTER = 3000; // a short break is not worth a word
  const SILENCE = 60000; // the server pings every 25 s
  const MOST_TOASTS = 3, TOAST_STAYS = 12000;
  const PRIVATE = /^(me|desk|request):/; // few look at the same time; at public topics the whole district may

  let socket = null, tries = 0, heardAt = 0, isWelcome = false, isOver = false, hasMissed = false;
  let timer = 0, stateTimer = 0, watched = "";

  // --- the last number that this tab has. It outlives the page: what came while the next one loaded is not lost.
  const key = `live-${user}`;
  const kept = () => { try { return sessionStorage.getItem(key); } catch { return null; } };
  const keep = (number) => { try { sessionStorage.setItem(key, number); } catch { /* then by page only */ } };
  let last = Number(kept() ?? sequence);

  const parts = () => [...document.querySelectorAll("[data-topic]")];
  const topicsOf = (part) => part.dataset.topic.split(/\s+/).filter(Boolean);
  const topics = () => [...new Set(parts().flatMap(topicsOf))].sort();

  // --- refreshing parts of the page
  const dirty = new Set();

  function refresh(part, topic) {
    if (document.hidden) { dirty.add(part); return; }
    if (part.pulseTimer || !part.isConnected) return;
    const spread = PRIVATE.test(topic) ? 100 : 1500;
    part.pulseTimer = setTimeout(() => {
      part.pulseTimer = 0;
      if (part.isConnected) window.htmx?.trigger(part, "pulse");
    }, 200 + Math.random() * spread);
  }

  function pulse(names) {
    for (const part of parts()) {
      const hit = topicsOf(part).find((topic) => names.includes(topic));
      if (hit) refresh(part, hit);
    }
  }

  // --- messages
  function showUnread(count) {
    document.querySelectorAll("#unread, .unread-count").forEach((place) => {
      place.textContent = count > 0 ? String(count) : "";
    });
  }

  function toast(text, link) {
    const shelf = document.getElementById("toasts");
    if (!shelf) return;
    while (shelf.children.length >= MOST_TOASTS) shelf.firstElementChild.remove();
    const made = page.content.firstElementChild.cloneNode(true);
    const words = made.querySelector("a");
    words.textContent = text;
    words.href = link;
    made.querySelector("button").addEventListener("click", () => made.remove());
    const leave = () => { if (made.matches(":hover, :focus-within")) setTimeout(leave, 2000); else made.remove(); };
    setTimeout(leave, TOAST_STAYS);
    shelf.append(made);
  }

  let missed = []; // what comes before "welcome" came while nobody looked: not one toast each

  function notification(frame) {
    if (frame.sequence <= last) return; // has it
    last = frame.sequence;
    keep(last);
    showUnread(frame.unread);
    pulse([`me:${user}`]);
    if (frame.quiet) return;
    if (isWelcome) toast(frame.text, frame.link);
    else missed.push(frame);
  }

  function welcome(frame) {
    isWelcome = true;
    tries = 0;
    last = frame.sequence;
    if (user) { keep(last); showUnread(frame.unread); }
    showState(false);
    if (missed.length > MOST_TOASTS) toast(more.replace("{count}", missed.length), inbox);
    else missed.forEach((late) => toast(late.text, late.link));
    missed = [];
    if (hasMissed) parts().forEach((part) => refresh(part, topicsOf(part)[0] ?? ""));
    hasMissed = true; // from now on every "welcome" ends a break
  }

  // --- the line
  function showState(isWaiting) {
    clearTimeout(stateTimer);
    const place = document.getElementById("live-state");
    if (!place) return;
    if (!isWaiting) { place.hidden = true; return; }
    stateTimer = setTimeout(() => { place.textContent = waiting; place.hidden = false; }, SHOWN_AFTER);
  }

  function send(content) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(content));
  }

  function hello() {
    watched = topics().join(" ");
    send({
      type: "hello",
      user: user ? Number(user) : null,
      have: last,
      language: document.documentElement.lang,
      rendered: hasMissed ? null : Number(rendered),
      topics: topics(),
    });
  }

  function connect() {
    clearTimeout(timer);
    if (isOver || socket) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const line = (socket = new WebSocket(`${scheme}//${location.host}/ws/`));
    heardAt = Date.now();
    line.addEventListener("open", () => { heardAt = Date.now(); hello(); });
    line.addEventListener("message", (event) => {
      if (line !== socket) return;
      heardAt = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "notification") notification(frame);
      else if (frame.type === "welcome") welcome(frame);
      else if (frame.type === "pulse") {
        if (frame.unread !== undefined) showUnread(frame.unread);
        pulse(frame.topics);
      }
    });
    line.addEventListener("close", (event) => { if (line === socket) lost(event.code); });
  }

  function lost(code) {
    const wasWelcome = isWelcome;
    socket = null;
    isWelcome = false;
    missed = [];
    if (code === 4401) { isOver = true; showState(false); return; } // signed out: coming back would not help
    if (wasWelcome || tries === 0) showState(true);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries++);
    clearTimeout(timer);
    timer = setTimeout(connect, wait / 2 + Math.random() * (wait / 2));
  }

  function hangUp() {
    clearTimeout(timer);
    const line = socket;
    socket = null;
    isWelcome = false;
    line?.close();
  }

  function comeBack() {
    if (socket && Date.now() - heardAt > SILENCE) hangUp();
    if (!socket) { tries = 0; connect(); }
  }

  setInterval(() => {
    if (!socket || Date.now() - heardAt <= SILENCE) return;
    const line = socket;
    lost(1006);
    line.close();
  }, 10000);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    comeBack();
    const late = [...dirty];
    dirty.clear();
    late.forEach((part) => refresh(part, topicsOf(part)[0] ?? ""));
  });
  window.addEventListener("online", comeBack);
  window.addEventListener("pagehide", hangUp); // an open socket keeps a page out of the browser's back cache
  window.addEventListener("pageshow", (event) => { if (event.persisted) comeBack(); });

  // A page that was changed by htmx may watch other things.
  document.addEventListener("htmx:afterSettle", () => {
    const now = topics().join(" ");
    if (now === watched || !isWelcome) {
      if (!socket && !isOver && !timer && now) connect();
      return;
    }
    watched = now;
    send({ type: "topics", topics: topics() });
  });

  if (!user && !topics().length) return;
  // a page out of the cache may be old: it looks again
  hasMissed = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  connect();
})();
