// Lists: rows chosen across pages, rows that follow the server, a row to stand on with the keyboard.
// Every list works without it, by its links and forms. docs/lists-in-the-browser.md says what it expects of the page.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const list = () => document.querySelector("#results[data-list]");
  const rows = () => [...(list()?.querySelectorAll("tr[data-pk]") ?? [])];
  const boxOf = (row) => row?.querySelector("input.pick");
  const boxes = () => rows().map(boxOf).filter(Boolean);
  const word = (name) => document.querySelector(`[data-list-word="${name}"]`)?.textContent ?? "";
  const number = (value) => Number(value).toLocaleString(document.documentElement.lang);
  const announce = (text) => text && (byId("announcement").textContent = text);
  const tell = (text) => window.office?.toast(text, "info");

  const send = (action, fields) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action });
    for (const [name, value] of fields)
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
    form.remove();
  };

  // --- What is chosen. It belongs to this tab and outlives pages, reloads and failed requests, until the list shows
  // something else. {state, picks: {pk: "accept refuse"}} by hand, or {state, token, count}: fixed by the server.
  const PREFIX = "chosen:";
  const keep = (name, value) => {
    try {
      if (value) sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
      else sessionStorage.removeItem(PREFIX + name);
    } catch {} // a browser that keeps nothing: the choice then lasts as long as the page
  };
  const kept = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(PREFIX + name));
    } catch {
      return null;
    }
  };

  // How the rows are sorted and what is shown of them does not change which rows they are.
  const LOOKS = ["sort", "columns", "column", "size", "after", "before", "selection", "seen"];
  const stateNow = () => {
    const state = new URLSearchParams(list().dataset.state);
    for (const name of LOOKS) state.delete(name);
    state.sort();
    return state.toString();
  };
  const nothing = () => ({ state: stateNow(), picks: {}, token: "", count: 0 });
  let chosen = { picks: {}, token: "", count: 0 };
  let anchor = null; // where the next range begins: the pk of the row that was chosen last
  const total = () => (chosen.token ? chosen.count : Object.keys(chosen.picks).length);
  const remember = () => keep(list().dataset.list, total() ? chosen : null);

  const without = (name) => {
    const url = new URL(location.href);
    url.searchParams.delete(name);
    return url;
  };
  const fixed = () => document.querySelector("#bulk input[name=selection]");

  // A choice that the server keeps is marked by the server: a page that forgot it is asked for once more with it.
  const restore = (token) => {
    const url = new URL(location.href);
    if (url.searchParams.has("selection")) return false; // it is not there any more
    url.searchParams.set("selection", token);
    location.replace(url);
    return true;
  };
  const arrive = () => {
    if (!list()) return forgetWhatWasSent();
    note();
    chosen = { ...nothing(), ...kept(list().dataset.list) };
    if (chosen.state !== stateNow()) {
      if (total()) tell(word("dropped"));
      chosen = nothing();
    }
    const token = fixed()?.value ?? "";
    if (token) chosen = { ...nothing(), token, count: Number(byId("bulk").dataset.count) };
    else if (chosen.token && restore(chosen.token)) return;
    else chosen.token = "";
    remember();
    show();
  };

  // What was handed over to a batch is done with once the batch is there.
  const forgetWhatWasSent = () => {
    if (!byId("batch")) return;
    for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX)))
      if (kept(name.slice(PREFIX.length))?.sent) sessionStorage.removeItem(name);
  };

  // --- How it looks.
  const show = () => {
    const all = boxes();
    for (const box of all) {
      box.checked = chosen.token ? box.defaultChecked : box.value in chosen.picks;
      box.closest("tr").classList.toggle("is-chosen", box.checked);
    }
    const here = all.filter((box) => box.checked).length;
    const head = byId("pick-page");
    if (head) {
      head.hidden = head.closest("label, th").hidden = all.length === 0;
      head.checked = here > 0 && here === all.length;
      head.indeterminate = here > 0 && !head.checked;
    }
    if (byId("bulk")) showBar(here, here > 0 && here === all.length);
    showFresh();
  };
  const showBar = (here, whole) => {
    const bulk = byId("bulk");
    (bulk.closest(".bulk-bar") ?? bulk).hidden = total() === 0;
    const count = bulk.querySelector("[data-chosen]");
    const elsewhere = chosen.token ? 0 : total() - here;
    const words = total() === 1 ? bulk.dataset.one : bulk.dataset.many.replace("0", number(total()));
    const text = elsewhere ? `${words} ${word("elsewhere").replace("0", number(elsewhere))}` : words;
    if (count && count.textContent !== text) count.textContent = text;
    const everything = byId("pick-all-matching");
    if (everything) everything.hidden = !whole || Boolean(chosen.token);
    for (const button of bulk.querySelectorAll("button[data-verb]")) showVerb(button);
  };
  const showVerb = (button) => {
    if (chosen.token) return; // the server has counted
    const able = Object.values(chosen.picks).filter((verbs) => verbs.split(" ").includes(button.dataset.verb)).length;
    const numbers = { 9: number(able), 12: number(total()) };
    const text = button.dataset.words.replace(/12|9/g, (one) => numbers[one]);
    (button.querySelector("[data-label]") ?? button).textContent = text;
    button.disabled = able === 0;
  };

  // --- Choosing.
  const put = (box, on) => {
    if (on) chosen.picks[box.value] = box.dataset.can ?? "";
    else delete chosen.picks[box.value];
  };
  // Where the server keeps the choice, the first change by hand makes it one of this page alone.
  const takeOver = () => {
    if (!chosen.token) return false;
    chosen = nothing();
    for (const box of boxes()) if (box.checked) put(box, true);
    remember();
    tell(word("page"));
    location.assign(without("selection"));
    return true;
  };
  const stretch = (box) => {
    const all = boxes();
    const from = all.findIndex((one) => one.value === anchor);
    if (from < 0) return;
    const [first, last] = [from, all.indexOf(box)].sort((one, other) => one - other);
    for (const other of all.slice(first, last + 1)) other.checked = box.checked;
  };
  const pick = (box, range) => {
    if (range) stretch(box);
    anchor = box.value;
    if (takeOver()) return;
    for (const one of boxes()) put(one, one.checked);
    remember();
    show();
  };
  const clear = () => {
    if (!total()) return false;
    const again = Boolean(chosen.token);
    chosen = nothing();
    remember();
    if (again) location.assign(without("selection"));
    else show();
    return true;
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("input.pick, [data-clear]");
    if (!target || !list()) return;
    if (target.matches("[data-clear]")) {
      event.preventDefault();
      clear();
    } else {
      stand(target.closest("tr"));
      pick(target, event.shiftKey);
    }
  });
  // A range of rows is no range of text.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest?.(".list__pick")) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "pick-page") return;
    for (const box of boxes()) box.checked = event.target.checked;
    if (takeOver()) return;
    for (const box of boxes()) put(box, box.checked);
    remember();
    show();
  });

  // The form holds the boxes of this page; the others go along, by way of the server where they are too many for an
  // address (gunicorn reads 4094 bytes of it).
  const MOST = 100;
  document.addEventListener("formdata", (event) => {
    if (event.target.id !== "bulk" || chosen.token) return;
    event.formData.delete("pick");
    for (const pk of Object.keys(chosen.picks)) event.formData.append("pick", pk);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "bulk") return;
    keep(list().dataset.list, { ...chosen, sent: true });
    const way = byId("pick-all-matching");
    if (chosen.token || !way || total() <= MOST) return;
    event.preventDefault();
    const token = way.elements.csrfmiddlewaretoken.value;
    const picks = Object.keys(chosen.picks).map((pk) => ["pick", pk]);
    send(way.action, [...picks, ["verb", event.submitter.dataset.verb], ["csrfmiddlewaretoken", token]]);
  });

  // --- The row somebody stands on. keys.js calls these; each says whether there was something to do.
  const current = () => rows().find((row) => row.classList.contains("is-current"));
  const stand = (row) => {
    for (const other of rows()) other.classList.toggle("is-current", other === row);
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("#results tr[data-pk]");
    if (row) stand(row);
  });
  const choose = (range) => {
    const box = boxOf(current());
    if (!box) return false;
    box.checked = range || !box.checked;
    pick(box, range);
    return true;
  };
  window.lists = {
    move(step) {
      const all = rows();
      if (!all.length) return false;
      const at = all.indexOf(current());
      const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
      stand(all[to]);
      all[to].focus({ preventScroll: true });
      all[to].scrollIntoView({ block: "nearest" });
      return true;
    },
    select: () => choose(false),
    range: () => choose(true),
    open() {
      const link = current()?.querySelector("a.row-link");
      link?.click();
      return Boolean(link);
    },
    // With nothing chosen, the verb means the row that somebody stands on.
    verb(key) {
      const name = CSS.escape(key);
      const button = document.querySelector(`#bulk button:is([data-verb="${name}"], [data-verb-key="${name}"])`);
      if (!button) return false;
      if (!total() && boxOf(current())?.dataset.can.split(" ").includes(button.dataset.verb)) choose(false);
      if (!total()) return false;
      if (button.disabled) announce(word("none"));
      else button.click();
      return true;
    },
    clear,
  };

  // --- The whole row opens, but the link is the number: what somebody presses or marks in a row stays theirs.
  const OWN = "a, button, input, label, select, textarea, summary, details, [role=button]";
  const opened = (event) => {
    const row = event.target.closest?.("#results tr[data-href]");
    if (!row || event.defaultPrevented || event.shiftKey || event.altKey || event.target.closest(OWN)) return;
    if (!getSelection().isCollapsed) return;
    const apart = event.ctrlKey || event.metaKey || event.button === 1;
    if (apart) window.open(row.dataset.href, "_blank", "noopener");
    else if (event.button === 0) row.querySelector("a.row-link")?.click();
  };
  document.addEventListener("click", opened);
  document.addEventListener("auxclick", (event) => event.button === 1 && opened(event));

  // --- Rows follow the server. What changed is replaced where it stands, what left is greyed, what came waits behind a
  // link: nothing moves under the hand.
  const written = new WeakMap(); // row → its HTML as the server wrote it
  const note = () => {
    for (const row of rows()) if (!written.has(row)) written.set(row, row.outerHTML);
  };
  // Form tokens differ each time, and so do relative times: the first are no change, the second none worth a look.
  const same = (html) => html.replace(/ (value|data-left)="[^"]*"/g, "");
  const lasting = (html) => same(html).replace(/(<time datetime="[^"]*")[^>]*>[^<]*/g, "$1>");
  const isDirty = (field) => field.value !== field.defaultValue;
  const inUse = (part) => {
    const marked = getSelection();
    if (part.contains(document.activeElement) || (!marked.isCollapsed && marked.containsNode(part, true))) return true;
    if (part.querySelector("details[open], dialog[open], [aria-expanded=true]")) return true;
    return [...part.querySelectorAll("input:not(.pick, [type=hidden]), textarea")].some(isDirty);
  };
  const replace = (old, fresh) => {
    const part = document.importNode(fresh, true);
    old.replaceWith(part);
    window.htmx?.process(part);
    return part;
  };
  // Whether it has to wait for somebody's hand.
  const renew = (row, fresh) => {
    const [before, after] = [written.get(row) ?? "", fresh.outerHTML];
    const gone = row.classList.contains("is-gone");
    if (same(before) === same(after) && !gone) return false;
    if (inUse(row)) return true;
    const part = replace(row, fresh);
    written.set(part, after);
    part.classList.toggle("is-current", row.classList.contains("is-current"));
    part.classList.toggle("is-changed", gone || lasting(before) !== lasting(after));
    const box = boxOf(part);
    if (box && box.value in chosen.picks) chosen.picks[box.value] = box.dataset.can ?? "";
    return false;
  };
  const leave = (row) => {
    if (row.classList.contains("is-gone")) return;
    row.classList.add("is-gone");
    const note = Object.assign(document.createElement("span"), { className: "list__gone", textContent: word("gone") });
    (row.querySelector(".row-link")?.closest("td, th") ?? row.cells[0]).append(note);
    const pk = boxOf(row)?.value;
    if (pk in chosen.picks) chosen.picks[pk] = "";
  };
  // Under somebody's hand only the words of links change: the links themselves stay where the focus is.
  const refresh = (part, fresh) => {
    if (!part || part.outerHTML === fresh.outerHTML) return;
    if (!inUse(part)) return replace(part, fresh);
    for (const link of fresh.querySelectorAll("a[id]"))
      if (byId(link.id)?.innerHTML !== link.innerHTML) byId(link.id)?.replaceChildren(...link.cloneNode(true).childNodes);
  };
  let waiting = null; // the newest answer, while somebody's hand is on what it would change
  const follow = (fresh) => {
    const answer = new Map([...fresh.querySelectorAll("tr[data-pk]")].map((row) => [row.id, row]));
    const shown = rows();
    // A row that is missing after the last common one may only have been pushed to the next page.
    const sure = fresh.querySelector("[rel=next]") ? shown.findLastIndex((row) => answer.has(row.id)) : shown.length;
    let later = false;
    shown.forEach((row, at) => {
      row.classList.remove("is-changed");
      const now = answer.get(row.id);
      if (now) later = renew(row, now) || later;
      else if (at < sure) leave(row);
    });
    for (const part of fresh.querySelectorAll("[data-live][id]")) refresh(byId(part.id), part);
    list().dataset.fresh = fresh.dataset.fresh ?? "0";
    waiting = later ? fresh : null;
    remember();
    show();
  };
  const showFresh = () => {
    const pill = byId("fresh");
    if (!pill) return;
    const come = Number(list().dataset.fresh ?? 0);
    const text = pill.dataset.words.replace("0", number(come));
    const news = come > 0 && (pill.hidden || pill.textContent !== text);
    pill.hidden = come === 0;
    if (!news) return;
    pill.textContent = text;
    announce(text);
  };
  document.addEventListener("focusout", () => {
    const answer = waiting;
    if (answer) setTimeout(() => answer === waiting && list() && follow(answer));
  });

  const isPoll = (event) => event.detail.requestConfig?.headers["X-Poll"] === "1";
  // Before app.js sees it: an answer that somebody's hand does not wait for is not put in the place of the list.
  const answered = (event) => {
    const { target, xhr } = event.detail;
    if (!isPoll(event) || !target.matches("#results[data-list]")) return;
    if (!event.detail.isError) delete target.dataset.stale;
    if (!event.detail.shouldSwap) return; // nothing changed
    if (!rows().length && !inUse(target)) return; // nothing there that could move
    event.detail.shouldSwap = false;
    const fresh = new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("results");
    if (target === list() && fresh?.dataset.state === target.dataset.state) follow(fresh);
  };
  document.addEventListener("htmx:beforeSwap", answered, true);
  document.addEventListener("visibilitychange", () => {
    const link = list()?.querySelector(".poll a");
    const options = { source: link, target: "#results", swap: "outerHTML", headers: { "X-Poll": "1" } };
    if (link && !document.hidden) window.htmx?.ajax("GET", link.getAttribute("href"), options);
  });

  // --- A wide table gets a box of its own to scroll in; a table that fits scrolls with the page, under its header.
  const measure = () => {
    for (const box of document.querySelectorAll(".list-box")) {
      box.classList.remove("list-box--fits");
      box.classList.toggle("list-box--fits", box.scrollWidth <= box.clientWidth);
    }
  };
  addEventListener("resize", measure);

  // --- Editors of filters and columns: one is open at a time (keys.js closes it on Escape).
  document.addEventListener("click", (event) => {
    for (const editor of document.querySelectorAll("details.editor[open]"))
      if (!editor.contains(event.target)) editor.open = false;
  });

  // Columns move without a request; Apply keeps their order.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".columns button");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    const other = button.name === "up" ? line.previousElementSibling : line.nextElementSibling;
    if (button.name === "up") other?.before(line);
    else other?.after(line);
    for (const one of line.parentElement.children) {
      one.querySelector("[name=up]").disabled = !one.previousElementSibling;
      one.querySelector("[name=down]").disabled = !one.nextElementSibling;
    }
    (button.disabled ? line.querySelector("button:enabled") : button)?.focus();
  });

  // What is too long for an address, such as a thousand pasted numbers, is looked up by way of a form.
  const LONGEST = 1500;
  const paste = (event) => {
    const form = event.target;
    const words = form.matches("form[data-paste]") ? form.elements.q.value : "";
    if (words.length <= LONGEST) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(form.dataset.paste, [["q", words], ["csrfmiddlewaretoken", window.office.token()]]);
  };
  document.addEventListener("submit", paste, true);

  // On a telephone the tabs run out of the window: the one that is shown is in sight, until somebody moves them.
  let revealed = null;
  const reveal = () => {
    const here = document.querySelector(".tabs [aria-current]");
    const tabs = here?.closest(".tabs");
    if (!here || revealed === here.id) return;
    revealed = here.id;
    tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  };

  const begin = () => {
    arrive();
    measure();
    reveal();
  };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSettle", begin);
  document.addEventListener("htmx:historyRestore", begin);
  addEventListener("pageshow", begin); // boxes that the browser ticked again after Back
})();
