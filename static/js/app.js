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
  document.addEventListener("htmx:responseError", (event) => fail(kinds[event.detail.xhr.status] || "fault"));
  document.addEventListener("htmx:sendError", () => fail("silence"));
  document.addEventListener("htmx:timeout", () => fail("silence"));

  // What an earlier request had to say is over when a new one succeeds.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.shouldSwap) {
      byId("trouble").replaceChildren();
      if (!event.detail.xhr.getResponseHeader("HX-Trigger")) byId("messages").replaceChildren();
    }
  });

  // htmx keeps the focus where an element of the same id comes back. Where none does, the new region gets it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const region = event.detail.elt;
    if (document.activeElement === document.body && region.tabIndex === -1) region.focus({ preventScroll: true });
    if (region.dataset.title) document.title = region.dataset.title;
    if (region.dataset.announce) byId("announcement").textContent = region.dataset.announce;
  });
})();
