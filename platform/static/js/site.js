// Small comforts of the frame. Every page works without this file.
(() => {
  "use strict";

  // A menu closes on a click elsewhere and on Escape.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open], details.confirm[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // The summary of what must be mended takes the focus, so that it is read first.
  const focusSummary = (root) => root.querySelector("form [data-focus]")?.focus({ preventScroll: false });
  focusSummary(document);
  document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));

  // One press sends a form once. The server refuses the second one anyway; this spares the person the wait.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  // Light or dark: kept in a cookie, so that the server draws the next page right from its first byte.
  document.querySelectorAll("[data-themes]").forEach((choices) => { choices.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const theme = button.dataset.themeChoice;
    document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    button.parentElement.querySelectorAll("button").forEach((other) => other.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
  });

  // In a strip of links that is wider than the phone, the current one is in view.
  document.querySelectorAll(".side [aria-current], .segments [aria-current]").forEach((link) => {
    const strip = link.parentElement;
    if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = link.offsetLeft - strip.clientWidth / 2 + link.offsetWidth / 2;
  });

  // An htmx request that failed says so, instead of leaving the person waiting. A part that only refreshes itself stays quiet.
  const sayFailed = (event) => {
    const shelf = document.getElementById("toasts");
    if (!shelf || event.detail.requestConfig?.triggeringEvent?.type === "pulse") return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = shelf.dataset.failed;
    shelf.replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };
  document.addEventListener("htmx:responseError", sayFailed);
  document.addEventListener("htmx:sendError", sayFailed);

  // Nobody is signed in any more: the service worker keeps no roster.
  if (!document.body.dataset.signedIn) navigator.serviceWorker?.controller?.postMessage({ type: "forget" });

  // Print buttons, and filters that send themselves.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
})();
