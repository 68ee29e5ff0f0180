// Choosing rows of a list: a box for the whole page, and how many are chosen. Without it the boxes work by themselves.
"use strict";
(() => {
  const boxes = () => [...document.querySelectorAll('input[form="pick"][type="checkbox"]')];

  const show = () => {
    const all = document.getElementById("pick-all");
    const count = document.getElementById("pick-count");
    if (!all || !count) return;
    const chosen = boxes().filter((box) => box.checked).length;
    all.parentElement.hidden = false;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
    count.textContent = chosen ? count.dataset.some.replace("0", chosen) : count.dataset.none;
    for (const button of document.querySelectorAll("#pick button")) button.disabled = chosen === 0;
  };

  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.('input[form="pick"]');
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "pick-all") return;
    for (const box of boxes()) box.checked = event.target.checked;
    show();
  });
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:afterSettle", show);
  addEventListener("pageshow", show); // boxes that the browser ticked again after Back
})();
