// Asks the phone where it is, after a press and only then, and sends the form. The button is shown only where it can.
(() => {
  "use strict";
  if (!navigator.geolocation || !window.isSecureContext) return;
  document.querySelectorAll("form[data-position]").forEach((form) => {
    form.hidden = false;
    const said = form.querySelector("[data-said]");
    form.querySelector("button[data-ask]").addEventListener("click", (event) => {
      const button = event.currentTarget;
      button.setAttribute("aria-disabled", "true");
      said.textContent = said.dataset.looking;
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        form.elements.lon.value = coords.longitude;
        form.elements.lat.value = coords.latitude;
        form.elements.accuracy.value = coords.accuracy;
        form.requestSubmit();
      }, () => {
        button.removeAttribute("aria-disabled");
        said.textContent = said.dataset.failed;
      }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
    });
  });
})();
