// The keyboard. A key presses what can be seen: the element that carries it in `data-key`. In a list lists.js moves and
// chooses rows. Keys rest while somebody types and while a dialog is open.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file]), textarea, select";
  const isField = (element) => element?.matches?.(`${FIELDS}, [contenteditable]`) ?? false;
  const isSeen = (element) =>
    element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
  const isAble = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";
  const inDialog = () => document.querySelector("dialog[open]");
  const singles = () => document.documentElement.dataset.singleKeys !== "no";

  // What a key presses: of several the one with the highest `data-rank`, else the first. "g o": where `g` and `o` lead,
  // also while the navigation is folded away.
  const find = (key) => {
    if (key.startsWith("g ")) return document.querySelector(`[data-go="${CSS.escape(key.slice(2))}"]`);
    const all = [...document.querySelectorAll("[data-key]")].filter(
      (one) => one.dataset.key === key && isSeen(one) && isAble(one) && !one.closest("dialog"),
    );
    const rank = (one) => Number(one.dataset.rank ?? 0);
    return all.reduce((best, one) => (best && rank(best) >= rank(one) ? best : one), null);
  };
  const press = (element) => {
    if (isField(element)) {
      element.focus();
      element.select?.();
    } else if (element.matches("summary") && element.parentElement.open) {
      element.parentElement.querySelector("input:not([type=hidden]), select, a, button")?.focus();
    } else {
      element.click();
      if (element.matches("summary")) element.parentElement.querySelector("input:not([type=hidden]), select")?.focus();
    }
    return true;
  };
  const pressKey = (key) => {
    const element = find(key);
    return Boolean(element) && press(element);
  };
  const list = (verb, ...rest) => window.lists?.[verb]?.(...rest) === true;
  const toggle = (id) => {
    const dialog = byId(id);
    if (!dialog) return false;
    if (dialog.open) dialog.close();
    else if (!inDialog()) dialog.showModal();
    return true;
  };

  // The form that Ctrl+Enter sends: the one somebody is in, else the one whose button says so.
  const submit = () => {
    const form = document.activeElement?.form ?? document.activeElement?.closest?.("form");
    const own = form && [...form.elements].find((one) => one.dataset.key === "Ctrl+Enter" && isAble(one));
    if (own) return press(own);
    if (form?.getAttribute("method")?.toLowerCase() === "post") {
      form.requestSubmit([...form.elements].find((one) => one.type === "submit" && isAble(one)));
      return true;
    }
    return !inDialog() && pressKey("Ctrl+Enter");
  };

  // Esc takes one thing away: an open menu, the cursor out of a field, what is chosen in a list.
  const escape = () => {
    const inside = document.activeElement?.closest("details[open]");
    const menu = inside ?? [...document.querySelectorAll("details[open][data-menu]")].find(isSeen);
    if (menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
      return true;
    }
    if (isField(document.activeElement)) {
      document.activeElement.blur();
      return true;
    }
    return list("clear");
  };

  // Arrows and Enter belong to what has the focus, unless that is the page or a row of a list.
  const onPage = (element) => element === document.body || element.matches("[tabindex='-1'], .pick, .row-link");
  const moving = { ArrowDown: 1, ArrowUp: -1 };
  const rows = {
    j: () => list("move", 1),
    k: () => list("move", -1),
    x: () => list("select"),
    X: () => list("range"),
    o: () => list("open"),
  };

  let led = 0; // until when the next letter says where to go
  const single = (event) => {
    const { key } = event;
    if (event.timeStamp < led) {
      led = 0;
      return pressKey(`g ${key}`);
    }
    if (key === "g") {
      led = event.timeStamp + 1500;
      return true;
    }
    if (key === "?") return pressKey("?") || toggle("shortcuts");
    if (rows[key]?.()) return true;
    if (key.length !== 1 || event.repeat) return false;
    return list("verb", key) || pressKey(key);
  };
  const onKey = (event) => {
    const { key } = event;
    if (event.defaultPrevented || event.isComposing || event.altKey) return false;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === "k" && !event.shiftKey) return toggle("palette");
      return key === "Enter" && !event.repeat && submit();
    }
    if (inDialog()) return false; // Esc closes it without us
    if (key === "Escape") return escape();
    const focused = document.activeElement ?? document.body;
    if (isField(focused)) return false;
    if (key in moving) return onPage(focused) && list("move", moving[key]);
    if (key === "Enter") return focused.matches("body, [tabindex='-1'], .pick") && list("open");
    return singles() && single(event);
  };
  document.addEventListener("keydown", (event) => {
    if (onKey(event)) event.preventDefault();
  });

  // --- The list of keys says which of them work here ----------------------------------------------------------------

  const inList = new Set(["j", "x", "X", "o"]);
  const always = new Set(["?", "Esc", "Ctrl+K"]);
  const worksHere = (key) => {
    if (!singles() && (key.length === 1 || key.startsWith("g "))) return false;
    if (inList.has(key)) return Boolean(document.querySelector("[data-list]"));
    const isVerb = document.querySelector(`#bulk [data-verb-key="${CSS.escape(key)}"]`);
    return always.has(key) || Boolean(isVerb ?? find(key));
  };
  const mark = (dialog) => {
    for (const row of dialog.querySelectorAll("[data-keys]")) {
      const works = worksHere(row.dataset.keys);
      row.classList.toggle("is-here", works);
      row.querySelector("[data-here]").hidden = !works;
    }
  };
  const watch = new MutationObserver(() => byId("shortcuts").open && mark(byId("shortcuts")));
  if (byId("shortcuts")) watch.observe(byId("shortcuts"), { attributeFilter: ["open"] });

  window.keys = { press, isSeen, isAble };
})();
