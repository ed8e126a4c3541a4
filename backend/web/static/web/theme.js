// Before the first paint, so that a dark page never flashes white.
(() => {
  const chosen = localStorage.getItem("shugu-theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
