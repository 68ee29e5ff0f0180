// The little that pages need besides htmx. Everything works without it.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  const notice = (level, text) => {
    const box = document.createElement("div");
    box.className = `notice notice--${level}`;
    box.textContent = text;
    return box;
  };

  // Messages of the server that came with a fragment (backoffice/web/middleware.py).
  document.addEventListener("toasts", (event) => {
    byId("messages").replaceChildren(...event.detail.items.map((item) => notice(item.level, item.message)));
  });

  // A request failed and nothing was swapped: say so, in the words of the page's language.
  const kinds = { 403: "403", 404: "404", 409: "409", 429: "busy", 503: "busy" };
  const fail = (kind) => {
    const words = document.querySelector(`[data-trouble="${kind}"]`);
    byId("trouble").replaceChildren(notice("error", words.textContent));
  };
  const failed = (event, kind) => {
    if (isPoll(event)) event.detail.target.dataset.stale = "";
    else fail(kind);
  };
  document.addEventListener("htmx:responseError", (event) => failed(event, kinds[event.detail.xhr.status] || "fault"));
  document.addEventListener("htmx:sendError", (event) => failed(event, "silence"));
  document.addEventListener("htmx:timeout", (event) => failed(event, "silence"));

  // A region that looks again by itself (header X-Poll) disturbs nobody: it rests while the page is hidden, while
  // somebody types into it, and where nothing changed. What was unfolded stays so.
  const isPoll = (event) => event.detail.requestConfig?.headers["X-Poll"] === "1";
  const isTouched = (field) =>
    field === document.activeElement || (field.type !== "hidden" && field.value !== field.defaultValue);
  const isInUse = (region) => [...region.querySelectorAll("input, textarea")].some(isTouched);
  const fixed = (html) => html.replace(/ (value|data-left)="[^"]*"/g, "");
  const last = new Map();
  let unfolded = [];
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPoll(event) && (document.hidden || isInUse(event.detail.target))) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    unfolded = [...target.querySelectorAll("details[open][id]")].map((details) => details.id);
    if (!event.detail.shouldSwap) return;
    if (!isPoll(event)) return last.clear();
    delete target.dataset.stale;
    const html = fixed(xhr.responseText);
    if (isInUse(target) || last.get(target.id) === html) event.detail.shouldSwap = false;
    else last.set(target.id, html);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) byId(id)?.setAttribute("open", "");
  });

  // Seconds that run down between two looks at the server.
  const count = () => {
    for (const element of document.querySelectorAll("[data-left]")) {
      element.endsAt ??= performance.now() + element.dataset.left * 1000;
      const left = Math.max(Math.ceil((element.endsAt - performance.now()) / 1000), 0);
      const text = element.dataset.words.replace("0", left);
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
})();
