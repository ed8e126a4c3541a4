"use strict";

// The board: a card is moved by its button, which opens the dialog with the stages, or by drawing it to another column.
// Both end in the same form; without scripts the button leads to the form on the candidate's page.
(() => {
  const dialog = document.getElementById("moving");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const title = document.getElementById("moving-title");
  let opener = null;
  let drawn = null;

  const field = (name) => form.elements.namedItem(name);

  const fill = (card, to) => {
    title.textContent = `${title.dataset.title}: ${card.dataset.name}`;
    form.setAttribute("hx-post", card.dataset.move);
    form.action = card.dataset.move;
    htmx.process(form);
    field("expected").value = card.dataset.stage;
    field("next").value = location.pathname + location.search;
    field("to").value = to ?? "";
    field("reason").value = "";
    field("note").value = "";
  };

  const open = (card, to) => {
    fill(card, to);
    dialog.showModal();
    (to ? field("reason") : field("to")).focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".board-move");
    if (button) {
      event.preventDefault();
      opener = button.closest(".board-card").id;
      open(button.closest(".board-card"));
    }
    if (event.target.closest("#moving [data-close]")) dialog.close();
  });

  dialog.addEventListener("close", () => document.querySelector(`#${opener} .board-move`)?.focus());
  // The form goes with its fields before the dialog is closed; what was refused is said above the board.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === form) dialog.close();
  });
  document.addEventListener("htmx:afterSettle", () => opener && document.querySelector(`#${opener} .board-move`)?.focus());

  // Whether a move needs a reason: leaving the way, and going back on it.
  const order = (stage) => Number(document.querySelector(`.board-column[data-stage="${stage}"]`)?.dataset.order ?? -1);
  const needsReason = (from, to) => order(to) < 0 || order(to) < order(from);

  document.addEventListener("dragstart", (event) => {
    drawn = event.target.closest?.(".board-card[draggable=true]") ?? null;
    if (!drawn) return;
    drawn.classList.add("drawn");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", drawn.dataset.id);
  });
  document.addEventListener("dragend", () => {
    drawn?.classList.remove("drawn");
    for (const over of document.querySelectorAll(".over")) over.classList.remove("over");
    drawn = null;
  });
  const placeOf = (event) => (drawn ? event.target.closest?.("[data-drop]") : null);
  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    for (const over of document.querySelectorAll(".over")) if (over !== place) over.classList.remove("over");
    if (!place || place.dataset.stage === drawn.dataset.stage) return;
    event.preventDefault();
    place.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place || place.dataset.stage === drawn.dataset.stage) return;
    event.preventDefault();
    const card = drawn;
    const to = place.dataset.stage;
    opener = card.id;
    if (to === "arrived") location.assign(`${card.dataset.page}#arrive`);
    else if (needsReason(card.dataset.stage, to)) open(card, to);
    else {
      fill(card, to);
      form.requestSubmit();
    }
  });
})();
