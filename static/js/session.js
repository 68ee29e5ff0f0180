// The session ended while a page was open: somebody logs in over the page, and what was pressed is pressed again.
// What was typed stays. When another person logs in, the page is loaded anew: it is not theirs.
"use strict";
(() => {
  const { byId, words, button, tell, busy, idle, pressAgain } = window.office;
  const dialog = byId("log-in-again");
  let isOver = false;
  let waiting = []; // what is done after the log-in

  // Who is logged in in this browser now: {person, token}, or {form}: the log-in form. Throws when there is no answer.
  const ask = async (sent = {}) => {
    const headers = { "HX-Request": "true", "X-Poll": "1" };
    const answer = await fetch(dialog.dataset.url, { headers, signal: AbortSignal.timeout(20000), ...sent });
    const header = (name) => answer.headers.get(name);
    if (answer.status === 204) return { person: header("X-Person"), token: header("X-Csrf-Token") };
    if (answer.ok || answer.status === 422) return { form: await answer.text() };
    // Logged in or out in another tab meanwhile: the form is too old.
    if (sent.method && [401, 403].includes(answer.status)) return ask();
    throw new Error(`${answer.status}`);
  };

  // Takes over the new token; false when this page belongs to somebody else.
  const isSame = ({ person, token }) => {
    if (person !== dialog.dataset.person) {
      location.replace(location.pathname + location.search);
      return false;
    }
    isOver = false;
    document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
    for (const field of document.querySelectorAll('[name="csrfmiddlewaretoken"]')) field.value = token;
    return true;
  };

  const show = (form) => {
    isOver = true;
    byId("log-in-form").innerHTML = form;
    if (!dialog.open) dialog.showModal();
    const fields = [...dialog.querySelectorAll("input:not([type=hidden])")];
    (fields.find((field) => field.type === "password" || !field.value) ?? fields[0])?.focus();
  };
  const proceed = () => {
    const actions = waiting;
    waiting = [];
    dialog.close();
    byId("trouble").replaceChildren();
    for (const action of actions) action();
  };
  const silence = () => tell(words("silence"));

  // Does `then` as the person whose page this is, after a log-in if one is needed.
  const logIn = async (then, known) => {
    waiting.push(then);
    if (dialog.open) return;
    try {
      const state = known ?? (await ask());
      if (state.form) show(state.form);
      else if (isSame(state)) proceed();
    } catch {
      waiting = [];
      silence();
    }
  };
  const way = () => button("log-in", () => logIn(() => {}));
  const ended = () => {
    if (isOver) return;
    isOver = true;
    tell(words("out"), way());
  };

  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const sent = { method: "POST", body: new FormData(form) };
    busy(form, event.submitter);
    try {
      const state = await ask(sent);
      if (state.form) show(state.form);
      else if (isSame(state)) proceed();
    } catch {
      dialog.querySelector("[role=alert]")?.remove();
      form.prepend(office.make("div", "notice notice--error", words("silence")));
      form.firstElementChild.setAttribute("role", "alert");
    } finally {
      idle(form);
    }
  });
  dialog.addEventListener("close", () => {
    byId("log-in-form").replaceChildren(); // no password stays in the page
    if (!isOver) return;
    waiting = [];
    tell(words("unsent"), way());
  });

  const renewed = new WeakSet();
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful) renewed.delete(event.detail.elt);
  });
  const whenThere = (detail) => () => detail.elt.isConnected && pressAgain(detail);

  window.office.session = {
    isOver: () => isOver,
    // htmx got the answer 401. What asks by itself says it once and rests; what somebody pressed opens the dialog.
    over: (detail, isPoll) => (isPoll ? ended() : logIn(whenThere(detail))),
    ended,
    taken: () => {
      isOver = true; // nothing looks again by itself
      tell(words("other"), button("reload", () => location.replace(location.pathname + location.search)));
    },
    // The form is older than the log-in: somebody logged in or out in another tab. Once: then there is another reason.
    renew: (detail) => {
      if (renewed.has(detail.elt)) return tell(words("expired"));
      renewed.add(detail.elt);
      logIn(whenThere(detail));
    },
  };

  // A form that the browser itself sends takes its page away: so who is logged in is asked before.
  const checked = new WeakSet();
  const ours = (form, pressed) => {
    const method = pressed?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get";
    return method.toLowerCase() === "post" && !form.matches("[hx-post], [data-unchecked]") && !dialog.contains(form);
  };
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      const pressed = event.submitter;
      if (!ours(form, pressed)) return;
      busy(form, pressed);
      if (checked.delete(form)) return setTimeout(() => idle(form), 10000);
      event.preventDefault();
      event.stopImmediatePropagation(); // to the other listeners it is sent once
      const send = () => {
        if (!form.isConnected) return;
        checked.add(form);
        form.requestSubmit(pressed?.isConnected ? pressed : undefined);
      };
      try {
        const state = await ask();
        idle(form);
        if (state.form) logIn(send, state);
        else if (isSame(state)) send();
      } catch {
        idle(form);
        tell(words("silence"), button("again", send));
      }
    },
    true,
  );
  addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(idle)); // after Back
})();
