// What every page does besides htmx: how a request looks while it runs, and what is said when it failed. Everything
// works without it. `window.office` is what the other files of this folder share.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const words = (kind) => document.querySelector(`#words [data-words-for="${kind}"]`)?.textContent ?? "";

  const make = (name, className, ...inside) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...inside);
    return element;
  };
  const button = (kind, press, className = "btn btn-sm") => {
    const element = make("button", className, words(kind));
    element.type = "button";
    element.addEventListener("click", press);
    return element;
  };

  // --- What is said -------------------------------------------------------------------------------------------------

  const notice = (level, text, ...ways) => {
    const side = ways.length ? [make("span", "notice__ways", ...ways)] : [];
    return make("div", `notice notice--${level}`, make("span", "", text), ...side);
  };

  // Lasting, and read out at once: something went wrong, or somebody has to do something.
  const tell = (text, ...ways) => {
    const close = button("close", () => byId("trouble").replaceChildren(), "btn btn-sm btn-ghost-secondary");
    byId("trouble").replaceChildren(notice("error", text, ...ways, close));
  };

  // A short confirmation in the corner. It waits while somebody points at it or has the focus in it.
  const MOST_TOASTS = 3;
  const toast = (text, level = "success") => {
    const box = byId("toasts");
    const close = button("close", () => one.remove(), "toast-note__close");
    close.setAttribute("aria-label", close.textContent);
    close.textContent = "×";
    const one = make("div", `toast-note toast-note--${level}`, make("span", "toast-note__text", text), close);
    const rest = () => clearTimeout(one.timer);
    const run = () => {
      rest();
      one.timer = setTimeout(() => one.remove(), Math.min(5000 + 40 * text.length, 8000));
    };
    for (const name of ["pointerenter", "focusin"]) one.addEventListener(name, rest);
    for (const name of ["pointerleave", "focusout"]) one.addEventListener(name, run);
    while (box.childElementCount >= MOST_TOASTS) box.firstElementChild.remove();
    box.append(one);
    run();
  };

  // Messages of the server that came with a fragment (backoffice/web/middleware.py). What went wrong stays.
  const passing = (item) => item.level === "success" || item.level === "info";
  document.addEventListener("toasts", (event) => {
    const { items } = event.detail;
    byId("messages").replaceChildren(
      ...items.filter((item) => !passing(item)).map((item) => notice(item.level, item.message)),
    );
    for (const item of items.filter(passing)) toast(item.message, item.level);
  });

  // --- While a request runs -----------------------------------------------------------------------------------------

  const isPoll = (event) => event.detail.requestConfig?.headers["X-Poll"] === "1";

  // A form that is being sent takes no second press. Its button keeps its width and its focus: it is not disabled.
  const busy = (form, pressed) => {
    form.dataset.busy = "";
    for (const one of pressed ? [pressed] : form.querySelectorAll('[type="submit"]')) {
      one.classList.add("is-busy");
      one.setAttribute("aria-disabled", "true");
    }
  };
  const idle = (form) => {
    delete form.dataset.busy;
    for (const one of document.querySelectorAll(".is-busy")) {
      if (one.form !== form) continue;
      one.classList.remove("is-busy");
      one.removeAttribute("aria-disabled");
    }
  };
  document.addEventListener(
    "submit",
    (event) => {
      if (!("busy" in event.target.dataset)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  let running = 0;
  document.addEventListener("htmx:beforeSend", (event) => {
    if (isPoll(event)) return;
    const { elt, target, requestConfig, xhr } = event.detail;
    const isForm = elt.matches('form[method="post"]');
    running += 1;
    document.documentElement.classList.add("is-loading");
    target.setAttribute("aria-busy", "true");
    if (isForm) busy(elt, requestConfig.triggeringEvent?.submitter);
    xhr.addEventListener("loadend", () => {
      running -= 1;
      document.documentElement.classList.toggle("is-loading", running > 0);
      target.removeAttribute("aria-busy");
      if (isForm) idle(elt);
    });
  });

  // --- When it failed -----------------------------------------------------------------------------------------------

  const kinds = { 403: "403", 404: "404", 409: "409", 422: "odd", 429: "busy", 503: "busy" };
  const kindOf = (status) => kinds[status] ?? (status >= 500 ? "fault" : "odd");

  // Presses once more what was pressed, with what stands in the form now. Nothing to press: nothing is offered.
  const pressAgain = ({ elt, requestConfig }) => {
    const pressed = requestConfig.triggeringEvent?.submitter;
    if (pressed?.isConnected) pressed.click();
    else if (elt.matches("form")) elt.requestSubmit();
    else if (elt.matches("a, button")) elt.click();
    else htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt });
  };
  const again = (detail) => (detail.elt.isConnected ? [button("again", () => pressAgain(detail))] : []);
  const reload = () => button("reload", () => location.assign(location.href));

  // Seconds until the server wants to be asked again: a number, or a date.
  const secondsUntil = (header) => {
    if (!header) return 0;
    const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
    return Math.min(Math.max(Math.ceil(seconds) || 0, 0), 3600);
  };
  const countDown = (left, ways) => {
    const shown = make("span", "notice__left");
    Object.assign(shown.dataset, { left, words: words("left"), then: words("now") });
    shown.setAttribute("aria-hidden", "true"); // read out once, and not twice a second
    const said = make("span", "visually-hidden", words("left").replace("0", left));
    for (const way of ways) {
      way.disabled = true;
      setTimeout(() => (way.disabled = false), left * 1000);
    }
    return [shown, said];
  };

  const fail = (detail, kind) => {
    const header = (name) => detail.xhr.getResponseHeader(name);
    // A refusal says in plain text what it takes and whom to ask.
    const said = kind === "403" && header("Content-Type")?.startsWith("text/plain");
    const text = [said ? detail.xhr.responseText : words(kind)];
    let ways = ["403"].includes(kind) ? [] : ["404", "409", "odd"].includes(kind) ? [reload()] : again(detail);
    if (header("X-Reference")) text.push(words("reference").replace("0", header("X-Reference")));
    const left = kind === "busy" ? secondsUntil(header("Retry-After")) : 0;
    if (left) ways = [...countDown(left, ways), ...ways];
    tell(text.join(" "), ...ways);
    count();
  };
  const failed = (event, kind) => {
    if (isPoll(event)) event.detail.target.dataset.stale = "";
    else fail(event.detail, kind);
  };
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) office.session.over(event.detail, isPoll(event));
    else if (xhr.getResponseHeader("X-Form-Expired")) office.session.renew(event.detail);
    else failed(event, kindOf(xhr.status));
  });
  document.addEventListener("htmx:sendError", (event) => failed(event, "silence"));
  document.addEventListener("htmx:timeout", (event) => failed(event, "silence"));

  // Somebody else logged in in this browser: what comes now is theirs, and this page is not.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const person = event.detail.xhr.getResponseHeader("X-Person");
    if (!person || person === byId("log-in-again").dataset.person) return;
    event.preventDefault();
    office.session.taken();
  });

  // --- Regions that look again by themselves (header X-Poll) --------------------------------------------------------

  // They disturb nobody: they rest while the page is hidden, while somebody types into them, and where nothing changed.
  // What was unfolded stays so. Lists know more of their rows: lists.js sees to them.
  const isList = (region) => "list" in region.dataset;
  const isTouched = (field) =>
    field === document.activeElement || (field.type !== "hidden" && field.value !== field.defaultValue);
  const isInUse = (region) => !isList(region) && [...region.querySelectorAll("input, textarea")].some(isTouched);
  const fixed = (html) => html.replace(/ (value|data-left)="[^"]*"/g, "");
  const last = new Map();
  let unfolded = [];
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isPoll(event)) return;
    if (document.hidden || office.session.isOver() || isInUse(event.detail.target)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    unfolded = [...target.querySelectorAll("details[open][id]")].map((details) => details.id);
    if (!event.detail.shouldSwap) return;
    if (!isPoll(event)) return last.clear();
    delete target.dataset.stale;
    if (isList(target)) return;
    const html = fixed(xhr.responseText);
    if (isInUse(target) || last.get(target.id) === html) event.detail.shouldSwap = false;
    else last.set(target.id, html);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) byId(id)?.setAttribute("open", "");
  });

  // --- Afterwards ---------------------------------------------------------------------------------------------------

  // Seconds that run down between two looks at the server.
  const count = () => {
    for (const element of document.querySelectorAll("[data-left]")) {
      element.endsAt ??= performance.now() + element.dataset.left * 1000;
      const left = Math.max(Math.ceil((element.endsAt - performance.now()) / 1000), 0);
      const text = left || !element.dataset.then ? element.dataset.words.replace("0", left) : element.dataset.then;
      if (element.textContent !== text) element.textContent = text;
    }
  };
  setInterval(count, 500);
  document.addEventListener("DOMContentLoaded", count);
  document.addEventListener("htmx:afterSwap", count);

  // What an earlier request had to say is over when a new one succeeds.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.shouldSwap && !isPoll(event)) {
      byId("trouble").replaceChildren();
      if (!event.detail.xhr.getResponseHeader("HX-Trigger")) byId("messages").replaceChildren();
    }
  });

  // htmx keeps the focus where an element of the same id comes back. Where none does, the new region gets it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const region = event.detail.elt;
    const lost = document.activeElement === document.body;
    if (lost && region.tabIndex === -1 && !isPoll(event)) region.focus({ preventScroll: true });
    if (region.dataset.title) document.title = region.dataset.title;
    const said = region.dataset.announce;
    if (said && said !== byId("announcement").textContent) byId("announcement").textContent = said;
  });

  // --- Small things that buttons say about themselves ---------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const copying = event.target.closest?.("[data-copy]");
    if (!copying) return;
    try {
      await navigator.clipboard.writeText(copying.dataset.copy);
      toast(words("copied"));
    } catch {
      tell(words("not-copied"));
    }
  });

  // `data-opens`: a link to a page that a script can show as a dialog.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    const dialog = opener && byId(opener.dataset.opens);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches?.("dialog[data-light]")) event.target.close(); // beside the dialog
    else if (event.target.closest?.("[data-closes]")) event.target.closest("dialog").close();
  });

  // A search that is longer than an address may be is sent in a body. Without a script the field takes no more.
  const LONGEST_ADDRESS = 1500;
  for (const field of document.querySelectorAll("form[data-long] [maxlength]")) field.removeAttribute("maxlength");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-long]") || (form.elements.q?.value.length ?? 0) <= LONGEST_ADDRESS) return;
    form.setAttribute("method", "post");
    form.append(Object.assign(make("input", ""), { type: "hidden", name: "csrfmiddlewaretoken", value: office.token() }));
  });

  const office = { byId, words, make, button, tell, toast, busy, idle, pressAgain };
  office.token = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
  window.office = office;
})();
