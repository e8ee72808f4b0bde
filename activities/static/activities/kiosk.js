// The big keys of the tablet. Without this file the field takes a keyboard.
(() => {
  "use strict";
  const again = document.querySelector("[data-again]");
  if (again) setTimeout(() => again.click(), 8000); // ready for the next person
  const field = document.getElementById("digits");
  if (!field) return;
  field.readOnly = true; // the tablet's own keyboard stays away
  field.form.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key === undefined) return;
    field.value = key ? (field.value + key).slice(0, 4) : field.value.slice(0, -1);
    if (field.value.length === 4) field.form.requestSubmit();
  });
})();
