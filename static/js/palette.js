// Ctrl+K: pages, saved views, what can be done on this page, and orders by their number. Entries that somebody starred
// come first; the stars stay in this browser. Without a script there is the search page.
"use strict";
(() => {
  const { byId, words, make, tell } = window.office;
  const dialog = byId("palette");
  const field = byId("palette-q");
  const box = byId("palette-list");
  const MOST = 50;

  // --- Stars: of pages, views and actions, never of orders or of what somebody typed --------------------------------

  const place = `stars:${dialog.dataset.person}`;
  const stars = () => {
    try {
      return new Set(JSON.parse(localStorage.getItem(place) ?? "[]"));
    } catch {
      return new Set();
    }
  };
  const turnStar = (entry) => {
    const kept = stars();
    if (!kept.delete(entry.id)) kept.add(entry.id);
    try {
      localStorage.setItem(place, JSON.stringify([...kept].slice(-100)));
    } catch {} // a browser that keeps nothing
    draw(entry.id);
  };

  // --- Entries ------------------------------------------------------------------------------------------------------

  // What a visible button or link is called: its own name for it, else its words without what only a reader hears.
  const nameOf = (element) => {
    if (element.dataset.palette) return element.dataset.palette;
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".visually-hidden, svg, kbd")) hidden.remove();
    const text = copy.textContent.trim().replace(/\s+/g, " ");
    return text || element.getAttribute("aria-label") || element.title || element.getAttribute("placeholder") || "";
  };
  const onThisPage = () => {
    const seen = [...document.querySelectorAll("[data-key]:not([data-key='/']), [data-palette]")].filter(
      (one) => !one.closest("dialog, nav") && keys.isSeen(one) && keys.isAble(one),
    );
    const named = new Map();
    for (const element of seen) {
      const label = nameOf(element);
      const entry = { id: `do:${label}`, label, note: "", key: element.dataset.key ?? "", element };
      if (label && !named.has(label)) named.set(label, { ...entry, group: words("page-actions"), canStar: true });
    }
    return [...named.values()];
  };

  // The server's list (templates/dashboard/palette.html) as entries.
  const parsed = (html) => {
    const inside = document.createElement("template");
    inside.innerHTML = html;
    return [...inside.content.querySelectorAll("li")].map((item) => {
      const link = item.querySelector("a");
      const { group, star } = item.dataset;
      const note = item.querySelector("small")?.textContent ?? "";
      const href = link.getAttribute("href");
      return { id: `go:${href}`, label: link.textContent, note, key: "", href, group, canStar: star === "yes" };
    });
  };
  let places = [];
  let actions = [];
  let found = [];
  let foundFor = "";

  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const isMatch = (entry, wanted) => {
    const text = fold(`${entry.label} ${entry.note} ${entry.group}`);
    return wanted.every((word) => text.includes(word));
  };

  // --- What is shown ------------------------------------------------------------------------------------------------

  let shown = [];
  let current = -1;

  const option = (entry, at, kept) => {
    const label = make("span", "palette__label", entry.label);
    const item = make("div", "palette__option", label);
    if (entry.note) item.append(make("span", "palette__note quiet", entry.note));
    if (entry.key) item.append(make("kbd", "palette__key", entry.key));
    if (entry.canStar) {
      const star = make("span", "palette__star", kept.has(entry.id) ? "★" : "☆");
      star.title = `${words(kept.has(entry.id) ? "unstar" : "star")} (Alt+S)`;
      star.classList.toggle("palette__star--on", kept.has(entry.id));
      if (kept.has(entry.id)) star.append(make("span", "visually-hidden", words("starred")));
      else star.setAttribute("aria-hidden", "true");
      item.append(star);
    }
    item.id = `palette-${at}`;
    item.setAttribute("role", "option");
    return item;
  };
  const choose = (at) => {
    current = shown.length ? (at + shown.length) % shown.length : -1;
    for (const item of box.querySelectorAll("[role=option]")) {
      item.setAttribute("aria-selected", item.id === `palette-${current}` ? "true" : "false");
    }
    const item = byId(`palette-${current}`);
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };
  const draw = (keep = "") => {
    const kept = stars();
    const wanted = fold(field.value).split(/\s+/).filter(Boolean);
    const own = [...actions, ...places].filter((entry) => isMatch(entry, wanted));
    const starred = own.filter((entry) => kept.has(entry.id)).map((one) => ({ ...one, group: words("starred") }));
    const others = own.filter((entry) => !kept.has(entry.id));
    const hits = foundFor === field.value.trim() ? found : [];
    shown = [...starred, ...others, ...hits].slice(0, MOST);
    const groups = new Map();
    shown.forEach((entry, at) => {
      if (!groups.has(entry.group)) {
        const title = make("div", "palette__group", entry.group);
        title.id = `palette-group-${groups.size}`;
        const group = make("div", "", title);
        group.setAttribute("role", "group");
        group.setAttribute("aria-labelledby", title.id);
        groups.set(entry.group, group);
      }
      groups.get(entry.group).append(option(entry, at, kept));
    });
    const nothing = make("p", "palette__nothing quiet", words("nothing-found"));
    box.replaceChildren(...groups.values());
    byId("palette-nothing").replaceChildren(...(shown.length || !wanted.length ? [] : [nothing]));
    byId("palette-said").textContent = words("found").replace("0", shown.length);
    choose(Math.max(shown.findIndex((entry) => entry.id === keep), 0));
  };

  // --- What the server knows ----------------------------------------------------------------------------------------

  // A new question ends the one before; places are asked for once, and no question ends that.
  const asking = {};
  const stop = () => Object.values(asking).forEach((one) => one.abort());
  const say = (kind) => byId("palette-nothing").replaceChildren(make("p", "palette__nothing", words(kind)));
  const look = async (text) => {
    const what = text ? "found" : "places";
    asking[what]?.abort();
    const { signal } = (asking[what] = new AbortController());
    const url = `${dialog.dataset.url}${dialog.dataset.url.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`;
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Poll": "1" }, signal });
      if (answer.status === 401) {
        dialog.close();
        return window.office.session.ended();
      }
      if (!answer.ok) return say(answer.status >= 500 ? "fault" : "odd");
      if (answer.headers.get("X-Person") !== dialog.dataset.person) {
        dialog.close(); // somebody else logged in in this browser: what came is theirs
        return window.office.session.taken();
      }
      const entries = parsed(await answer.text());
      if (text) [found, foundFor] = [entries, text];
      else places = entries;
      if (dialog.open) draw(shown[current]?.id);
    } catch (error) {
      if (error.name !== "AbortError" && dialog.open) say("silence");
    }
  };
  let soon = 0;
  field.addEventListener("input", () => {
    draw();
    clearTimeout(soon);
    const text = field.value.trim();
    if (text.length > 1) soon = setTimeout(() => look(text), 200);
  });

  // --- Open, choose, close ------------------------------------------------------------------------------------------

  const go = (entry) => {
    dialog.close();
    if (entry.href) location.assign(entry.href);
    else if (entry.element.isConnected) keys.press(entry.element);
    else tell(words("404"));
  };
  const moves = { ArrowDown: () => current + 1, ArrowUp: () => current - 1, Home: () => 0, End: () => shown.length - 1 };
  dialog.addEventListener("keydown", (event) => {
    const entry = shown[current];
    const isHomeOrEnd = event.key === "Home" || event.key === "End";
    if (event.isComposing || (isHomeOrEnd && field.value)) return; // the cursor's keys while there is text
    if (event.key in moves) choose(moves[event.key]());
    else if (event.altKey && event.code === "KeyS" && entry?.canStar) turnStar(entry);
    else if (event.key === "Enter" && entry && !event.ctrlKey) go(entry);
    else return;
    event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    const entry = item && shown[Number(item.id.replace("palette-", ""))];
    if (!entry) return;
    if (event.target.closest(".palette__star")) turnStar(entry);
    else go(entry);
  });
  const opened = () => {
    if (!dialog.open) return stop();
    actions = onThisPage();
    [found, foundFor] = [[], ""];
    field.value = "";
    draw();
    field.focus();
    look("");
  };
  new MutationObserver(opened).observe(dialog, { attributeFilter: ["open"] });
})();
