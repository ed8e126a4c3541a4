"use strict";

// Rows of a form that can be added and taken away: <div data-rows="prefix"> around Django's formset, its empty row in a
// <template>. Without a script the spare rows and the boxes "take away" do the same.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const list = rows.querySelector("[data-rows-list]");
  const blank = rows.querySelector("template");
  const total = rows.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  const initial = Number(rows.querySelector(`[name="${rows.dataset.rows}-INITIAL_FORMS"]`).value);
  const add = rows.querySelector("[data-rows-add]");

  const prepare = (row) => {
    const mark = row.querySelector("[data-rows-mark]");
    const remove = row.querySelector("[data-rows-remove]");
    if (!mark) return;
    mark.hidden = true;
    remove.hidden = false;
    remove.addEventListener("click", () => {
      mark.querySelector("input").checked = true;
      row.hidden = true;
      const next = [...list.querySelectorAll("[data-rows-row]")].find((one) => !one.hidden);
      (next ? next.querySelector("input:not([type=hidden])") : add).focus();
    });
    if (mark.querySelector("input").checked) row.hidden = true;
  };
  const empty = (row) => [...row.querySelectorAll("input:not([type=hidden]):not([type=checkbox])")].every((one) => !one.value);

  const there = [...list.querySelectorAll("[data-rows-row]")];
  there.forEach(prepare);
  // One spare row is enough where more can be added.
  there.slice(initial + (initial ? 0 : 1)).filter((row) => empty(row) && !row.querySelector(".invalid-feedback")).forEach((row) => { row.hidden = true; });

  add.hidden = false;
  add.addEventListener("click", () => {
    const spare = [...list.querySelectorAll("[data-rows-row]")].find((row) => row.hidden && empty(row) && !row.querySelector("[data-rows-mark] input")?.checked);
    let row = spare;
    if (row) row.hidden = false;
    else {
      list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", total.value));
      row = list.lastElementChild;
      total.value = Number(total.value) + 1;
      prepare(row);
    }
    row.querySelector("input:not([type=hidden])").focus();
  });
}
