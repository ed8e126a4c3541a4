"use strict";

// The page on paper: <button data-print>.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// Says above the page, which stays, what one of its templates holds.
function say(template) {
  const place = document.getElementById("messages");
  place.replaceChildren(document.getElementById(template).content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}

// A lost connection replaces nothing: the page stays with what was typed. What asks again by itself is not told of.
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => event.detail.requestConfig.triggeringEvent && say("lost-connection"));
}

// A form is sent once, however often its button is pressed; coming back by the browser's arrow frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  if (!navigator.onLine) {
    say("lost-connection");
    return event.preventDefault();
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// Signed out meanwhile, or in anew elsewhere: what was typed goes to the server as a whole page's form, which is kept
// there until its sender is known again. A file cannot be put into another form; the server is told of it.
document.addEventListener("shugu:whole-page", (event) => {
  const from = event.target;
  const form = from.form ?? from.closest("form");
  if (!form) return;
  const whole = document.createElement("form");
  Object.assign(whole, { method: "post", action: from.getAttribute("hx-post") ?? form.action, hidden: true });
  const put = (name, value) => whole.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  const given = new FormData(form);
  if (from.name) given.append(from.name, from.value);
  for (const [name, value] of given) typeof value === "string" ? put(name, value) : value.size && put("file-to-choose-again", name);
  if (!given.has("csrfmiddlewaretoken")) put("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  document.body.append(whole);
  HTMLFormElement.prototype.submit.call(whole);
});

// One box ticks all rows of its table: <input type=checkbox data-all="ids">.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (!all) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)) box.checked = all.checked;
});

// What unfolds over the page folds up where one clicks beside it, and by Escape.
const OVER = "details:is(.rule-help, .list-menu)[open]";
document.addEventListener("click", (event) => {
  for (const one of document.querySelectorAll(OVER)) if (!one.contains(event.target)) one.open = false;
});
document.addEventListener("keydown", (event) => {
  const one = event.key === "Escape" && (event.target.closest(OVER) ?? document.querySelector(OVER));
  if (!one) return;
  one.open = false;
  one.querySelector("summary").focus();
  event.stopImmediatePropagation();
}, true);

// Asked before what cannot be undone: <form data-confirm="…">.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// A part that fails on our side replaces nothing: it is said above the page, which stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status < 500) return;
  Object.assign(event.detail, { target: document.getElementById("messages"), swapOverride: "innerHTML", selectOverride: ".card" });
});

// A table that is wider than its place is scrolled by the keyboard as well.
function reachable() {
  for (const place of document.querySelectorAll(".table-responsive:not([tabindex])")) {
    if (place.scrollWidth <= place.clientWidth) continue;
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    const caption = place.querySelector("caption");
    if (caption) place.setAttribute("aria-label", caption.textContent);
  }
}
for (const name of ["load", "resize"]) addEventListener(name, reachable);
document.addEventListener("htmx:afterSettle", reachable);
document.addEventListener("toggle", reachable, true);
