// What the pages can do a little better with JavaScript. Nothing depends on it.
(function () {
  "use strict";

  // Moments are written in UTC; the reader sees them in the local time zone.
  function localise(root) {
    var language = document.documentElement.lang || undefined;
    root.querySelectorAll("time.when, time.moment").forEach(function (element) {
      var at = new Date(element.dateTime);
      if (element.dataset.local || isNaN(at)) return;
      element.dataset.local = "yes";
      element.title = element.textContent;
      element.textContent = at.toLocaleString(language, element.classList.contains("when")
        ? { dateStyle: "medium", timeStyle: "medium" }
        : { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    });
  }

  // A box shows and hides what is typed into the password fields of its form.
  function reveal(box) {
    var fields = box.closest("form").querySelectorAll("input[type=password]");
    box.hidden = false;
    box.querySelector("input").addEventListener("change", function (event) {
      fields.forEach(function (field) { field.type = event.target.checked ? "text" : "password"; });
    });
  }

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach(function (button) { button.setAttribute("aria-busy", "true"); });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("button[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
  });

  // After a reconnection the stream may begin with facts that are shown already.
  document.addEventListener("htmx:sseBeforeMessage", function (event) {
    var message = event.detail;
    if (message.type === "fact" && document.getElementById("fact-" + message.lastEventId)) event.preventDefault();
  });
  document.addEventListener("htmx:sseMessage", function () { localise(document); });
  document.addEventListener("htmx:sseOpen", function () { live(true); });
  document.addEventListener("htmx:sseError", function () { live(false); });
  function live(on) {
    document.querySelectorAll("[data-live]").forEach(function (sign) { sign.hidden = !on; });
  }

  document.addEventListener("DOMContentLoaded", function () {
    localise(document);
    document.querySelectorAll("[data-reveal]").forEach(reveal);
  });
})();
