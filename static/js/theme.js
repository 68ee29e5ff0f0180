// What has to be known before the page is painted, so that nothing flashes: light or dark, wide or narrow menu.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.theme || "auto";
    root.dataset.bsTheme = chosen === "dark" || (chosen === "auto" && dark.matches) ? "dark" : "light";
  };
  dark.addEventListener("change", apply);
  apply();
  try {
    root.dataset.rail = localStorage.getItem("rail") === "narrow" ? "narrow" : "wide";
  } catch {
    root.dataset.rail = "wide"; // the browser keeps nothing
  }
})();
