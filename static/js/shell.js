// The frame: menus that close again, and the navigation folded to icons. Without it menus close by a second click.
"use strict";
(() => {
  const menus = () => document.querySelectorAll("details[data-menu][open]");

  // A menu closes when something else is used: pointer or keyboard.
  const closeOthers = (target) => {
    for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("pointerdown", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
      event.preventDefault(); // this Esc is spent
    }
  });

  // A page in a scope leads to pages in the same scope. Those that everybody needs say so themselves; here all others.
  const names = ["connection", "channel"];
  // The menus came with the page; the address may have changed since: what they keep of it is what it says now.
  const narrow = (link) => {
    const chosen = new URL(link.href).searchParams;
    const there = new URL(location.href);
    const leftOut = link.closest("#scope-menu").dataset.leftOut.split(" ");
    for (const name of [...names, ...leftOut]) there.searchParams.delete(name);
    for (const name of names) if (chosen.has(name)) there.searchParams.set(name, chosen.get(name));
    there.hash = "";
    link.href = there.href;
  };
  document.addEventListener(
    "submit",
    (event) => {
      const { target } = event;
      if (target.matches("[data-preference]")) target.elements.next.value = location.pathname + location.search;
    },
    true,
  );
  const keepScope = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin !== location.origin) return;
    if (link.closest("#scope-menu")) return narrow(link);
    if (link.getAttribute("href").startsWith("#") || link.pathname.startsWith("/admin/")) return;
    const here = new URLSearchParams(location.search);
    const there = new URL(link.href);
    if (names.some((name) => there.searchParams.has(name))) return;
    for (const name of names) if (here.get(name)) there.searchParams.set(name, here.get(name));
    if (there.href !== link.href) link.href = there.href;
  };
  document.addEventListener("click", keepScope, true);
  document.addEventListener("auxclick", keepScope, true); // the middle button opens a tab

  const root = document.documentElement;
  const show = () => {
    const fold = document.getElementById("fold");
    if (!fold) return;
    fold.hidden = false;
    fold.setAttribute("aria-pressed", String(root.dataset.rail === "narrow"));
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#fold")) return;
    root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
    try {
      localStorage.setItem("rail", root.dataset.rail);
    } catch {
      // the browser keeps nothing: it is narrow until the next page
    }
    show();
  });
  document.addEventListener("htmx:afterSwap", show); // the whole body may have come anew
  show();
})();
