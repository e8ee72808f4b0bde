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
  const PRIVATE = /^(me|desk|request|talk):/; // few look at the same time; at public topics the whole district may

  let socket = null, tries = 0, heardAt = 0, isWelcome = false, isOver = false, isOld = false;
  let timer = 0, stateTimer = 0, watched = "";
  const numbers = new Map(); // topic -> the last event that this page has

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

  // `within`: so many look that the server asks them to spread over so many seconds
  function refresh(part, topic, within = 0) {
    if (document.hidden) { dirty.add(part); return; }
    if (part.pulseTimer || !part.isConnected) return;
    const spread = Math.max(PRIVATE.test(topic) ? 100 : 1500, within * 1000);
    part.pulseTimer = setTimeout(() => {
      part.pulseTimer = 0;
      if (part.isConnected) window.htmx?.trigger(part, "pulse");
    }, 200 + Math.random() * spread);
  }

  function look(topic, within) {
    for (const part of parts()) if (topicsOf(part).includes(topic)) refresh(part, topic, within);
  }

  function pulse({ topic, first, last: now, within, tally }) {
    const have = numbers.get(topic) ?? first - 1;
    if (now <= have) return; // has it
    if (first > have + 1) { tellTopics(); return; } // a gap: the server sends all from what we have
    numbers.set(topic, now);
    for (const [name, text] of Object.entries(tally ?? {})) {
      document.querySelectorAll(`[data-tally="${CSS.escape(topic)}/${CSS.escape(name)}"]`).forEach((place) => {
        place.textContent = text;
      });
    }
    look(topic, within);
  }

  // What the server believes that this page has; where the page has less, something was lost on the way.
  function compare({ sequence: there, topics: standing }) {
    const isBehind = Object.entries(standing).some(([topic, now]) => (numbers.get(topic) ?? now) < now);
    if ((user && there > last) || isBehind) hangUpAndComeBack();
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
    look(`me:${user}`);
    if (frame.quiet) return;
    if (isWelcome) toast(frame.text, frame.link);
    else missed.push(frame);
  }

  function welcome(frame) {
    isWelcome = true;
    tries = 0;
    numbers.clear();
    Object.entries(frame.topics).forEach(([topic, now]) => numbers.set(topic, now));
    last = frame.sequence;
    if (user) { keep(last); showUnread(frame.unread); }
    showState(false);
    if (missed.length > MOST_TOASTS) toast(more.replace("{count}", missed.length), inbox);
    else missed.forEach((late) => toast(late.text, late.link));
    missed = [];
    if (isOld) parts().forEach((part) => refresh(part, topicsOf(part)[0] ?? ""));
    isOld = false;
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

  const withNumbers = () => Object.fromEntries(topics().map((topic) => [topic, numbers.get(topic) ?? null]));

  function tellTopics() {
    watched = topics().join(" ");
    send({ type: "topics", topics: withNumbers() });
  }

  function hello() {
    watched = topics().join(" ");
    send({
      type: "hello",
      user: user ? Number(user) : null,
      have: last,
      language: document.documentElement.lang,
      rendered: Number(rendered),
      topics: withNumbers(),
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
      else if (frame.type === "pulse") pulse(frame);
      else if (frame.type === "unread") showUnread(frame.unread);
      else if (frame.type === "ping") compare(frame);
      else if (frame.type === "watching") {
        for (const [topic, now] of Object.entries(frame.topics)) if (!numbers.has(topic)) numbers.set(topic, now);
        for (const topic of numbers.keys()) if (!(topic in frame.topics)) numbers.delete(topic);
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

  function hangUpAndComeBack() { hangUp(); comeBack(); }

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
    tellTopics();
  });

  if (!user && !topics().length) return;
  // a page out of the cache may be old: it looks again
  isOld = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  connect();
})();
