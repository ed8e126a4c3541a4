"use strict";

// Before the first paint, so that a dark page never flashes white. The server says what the reader wants; "auto" is as
// the system says, also when it changes its mind. Paper is always light.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = (dark) => {
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("shugu:theme"));
  };
  const wanted = () => show(root.dataset.looks === "auto" ? system.matches : root.dataset.looks === "dark");
  wanted();
  system.addEventListener("change", wanted);
  addEventListener("beforeprint", () => show(false));
  addEventListener("afterprint", wanted);
  // Chosen in the menu: the server has kept it by now.
  document.addEventListener("shugu:looks", (event) => {
    root.dataset.looks = event.detail.theme;
    for (const one of document.querySelectorAll("button[name=theme]")) one.setAttribute("aria-pressed", String(one.value === event.detail.theme));
    wanted();
  });
})();
