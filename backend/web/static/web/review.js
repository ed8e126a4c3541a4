"use strict";

// Going through rows by keys, and asking for a reason before what needs one. Everything here is quicker than the
// buttons and links of the page, never the only way.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const dialog = document.getElementById("reason");
  const help = document.getElementById("keys");
  const KEPT = "shugu-keys";
  const wanted = () => localStorage.getItem(KEPT) !== "off";
  let opener = null;

  // The keys.

  const step = (by) => {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement.closest("[data-row]"));
    const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    to.focus();
    to.scrollIntoView({ block: "nearest" });
    return true;
  };

  // What is done to the whole list has its key wherever the keyboard is.
  const lead = (key) => {
    const found = document.querySelector(`#views [data-key="${key}"]`);
    found?.click();
    return Boolean(found);
  };

  const press = (key) => {
    const row = document.activeElement.closest("[data-row]");
    if (!row && rows().length) return lead(key);
    if (row && key === "x") {
      row.querySelector("input[type=checkbox]")?.click();
      return true;
    }
    const found = (row ?? document.getElementById("main")).querySelector(`[data-key="${key}"]`);
    if (!found) return lead(key);
    found.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (at.closest("textarea, select, dialog, input:not([type=checkbox])")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const inRow = at.closest("[data-row]");
    let done = false;
    if (key === "?" && help) done = !help.showModal();
    else if (!wanted()) return;
    else if (key === "j" || (inRow && key === "ArrowDown")) done = step(1);
    else if (key === "k" || (inRow && key === "ArrowUp")) done = step(-1);
    else if (key === "Enter") done = at === inRow && press("o");
    else if (/^[a-z]$/.test(key)) done = press(key);
    if (done) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show=keys]")) help?.showModal();
  });
  // A key that leads to a field of the page: the browser alone would only scroll there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key][href^='#']");
    if (!link) return;
    event.preventDefault();
    document.querySelector(link.hash)?.focus();
  });
  const turn = help?.querySelector("[data-keys-on]");
  if (turn) {
    turn.checked = wanted();
    turn.addEventListener("change", () => localStorage.setItem(KEPT, turn.checked ? "on" : "off"));
  }

  // How many rows are ticked; what is done to ticked rows waits until one is.

  const ticked = () => [...document.querySelectorAll("input[name=ids]:checked")];
  const count = () => {
    const shown = document.querySelector("[data-ticked]");
    if (!shown) return;
    shown.textContent = ticked().length;
    for (const button of document.querySelectorAll("#decide button[name=decision], [data-ticks]")) button.disabled = !ticked().length;
  };
  document.addEventListener("change", (event) => {
    if (event.target.closest("input[type=checkbox]")) setTimeout(count);
  });
  addEventListener("pageshow", count);

  // The reason.

  const text = dialog?.querySelector("textarea");
  const carried = dialog?.querySelector("[data-carried]");

  const carry = (name, value) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    carried.append(field);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reason]");
    if (!button || !dialog) return;
    event.preventDefault();
    opener = button;
    const form = dialog.querySelector("form");
    const go = dialog.querySelector("[data-do]");
    form.action = button.dataset.action ?? button.getAttribute("formaction") ?? button.form.action;
    dialog.querySelector("h2").textContent = button.dataset.reason;
    go.textContent = button.dataset.act;
    go.className = `btn btn-${button.dataset.tone}`;
    text.value = "";
    text.classList.remove("is-invalid");
    carried.replaceChildren();
    if (button.form) {
      for (const field of button.form.elements) {
        const taken = field.name === "seen" || field.name === "next" || (field.name === "ids" && field.checked);
        if (taken) carry(field.name, field.value);
      }
    }
    if (button.name) carry(button.name, button.value);
    if (button.dataset.next) carry("next", button.dataset.next);
    dialog.showModal();
  }, true);

  dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog?.querySelector("form").addEventListener("submit", (event) => {
    if (!text.value.trim()) {
      event.preventDefault();
      text.classList.add("is-invalid");
      text.focus();
      return;
    }
    const target = opener.dataset.rowAct;
    if (!target) return;
    event.preventDefault();
    const given = new FormData(event.target);
    const values = Object.fromEntries([...new Set(given.keys())].map((name) => [name, given.getAll(name)]));
    dialog.close();
    document.querySelector(target).focus();
    htmx.ajax("POST", event.target.action, { source: target, target, swap: "outerHTML", values });
  });

  // A reason that stands on the page itself.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-needs]");
    const field = button && document.getElementById(button.dataset.needs);
    if (!field || field.value.trim()) return;
    const instead = button.dataset.instead && button.form.querySelectorAll(`[name^="${button.dataset.instead}"]`);
    if (instead && [...instead].some((one) => one.value.trim())) return;
    event.preventDefault();
    field.classList.add("is-invalid");
    field.focus();
  }, true);

  // What was decided is said, and the keyboard goes on: to the next row that waits, or stays where it was refused.

  document.addEventListener("shugu:said", (event) => {
    const place = document.getElementById("said");
    if (place) place.textContent = event.detail.value;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    count();
    const row = event.target;
    if (!row.matches("[data-row]")) return;
    const all = rows();
    const next = all.slice(all.indexOf(row) + 1).find((one) => "open" in one.dataset);
    (event.detail.successful && next ? next : row).focus();
  });
})();
