// Menus close when something else is pressed or Escape is; the browser already closes one when another opens (their name).
(() => {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      const within = menu.contains(document.activeElement);
      menu.open = false;
      if (within) menu.querySelector("summary").focus();
    }
  });

  // A panel in which one chooses stays as it is while what it stands in is exchanged: open, scrolled, with the focus. Where there
  // is less room it stands in the sheet of tools, which stays open with it.
  // Others close before: of two with one name the browser leaves the old one open, and the new one may have something to say.
  let left = null;
  // The column that was pressed comes into sight: of many, the last ones lie beside the screen.
  const bring = (name) => {
    const rows = document.getElementById("rows");
    const cell = rows && rows.querySelector(`td[data-label="${CSS.escape(name)}"]`);
    if (cell) rows.scrollLeft += Math.ceil(Math.max(0, cell.getBoundingClientRect().right - rows.getBoundingClientRect().right));
  };
  document.addEventListener("htmx:beforeSwap", ({ detail: { target, shouldSwap } }) => {
    left = null;
    if (!shouldSwap) return;
    for (const menu of open()) {
      const stays = "staysOpen" in menu.dataset;
      const within = menu.contains(document.activeElement);
      if (!target.contains(menu)) continue;
      if (stays || within) {
        const sheet = menu.closest("[popover]:popover-open");
        left = {
          id: menu.id, stays, focused: within ? document.activeElement.id : "", top: menu.querySelector(".menu-panel").scrollTop,
          sheet: sheet && { id: sheet.id, top: sheet.scrollTop },
        };
      }
      if (!stays) menu.open = false;
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    const menu = left && document.getElementById(left.id);
    if (!menu) return;
    const { stays, focused, top } = left;
    const sheet = left.sheet && document.querySelector(`#${left.sheet.id}[popover]`); // none where something is wrong: it stands in the page
    const sheetTop = left.sheet && left.sheet.top;
    left = null;
    const summary = menu.querySelector("summary");
    const button = sheet && document.querySelector(`[popovertarget="${sheet.id}"]`);
    if (button) button.focus({ preventScroll: true }); // where the focus returns to when the sheet is closed
    if (sheet && (stays || menu.open)) sheet.showPopover();
    if (!stays) {
      const wrong = menu.open && menu.querySelector("[aria-invalid=true]");
      if (wrong || !button) (wrong || summary).focus({ preventScroll: true });
      return;
    }
    menu.open = true;
    menu.querySelector(".menu-panel").scrollTop = top;
    if (sheet) sheet.scrollTop = sheetTop;
    if (!focused) return;
    bring(focused.replace(/^(column|earlier|later)-/, ""));
    const same = document.getElementById(focused) // a column that is first now moves no earlier
      || document.getElementById(focused.replace(/^(earlier|later)-/, "column-"));
    (same || summary).focus({ preventScroll: true });
  });

  // A column that is moved changes places at once, and the form sends the order: the next press goes on from there, also before
  // the answer. It is its neighbour that is put elsewhere, so the focus stays on what was pressed.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".menu-moves a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation(); // nor does htmx follow it
    const [one, earlier] = [link.closest("li"), link.id.startsWith("earlier-")];
    const neighbour = earlier ? one.previousElementSibling : one.nextElementSibling;
    if (!neighbour) return;
    if (earlier) one.after(neighbour);
    else one.before(neighbour);
    link.closest("form").requestSubmit();
  }, true);

  // The zone that this computer is set to, offered where the server knows nothing of it.
  const offer = () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const button of document.querySelectorAll("[data-own-zone]")) {
      const known = [...button.parentElement.querySelectorAll("button:not([data-own-zone])")];
      if (!zone || known.some((one) => one.textContent.trim().startsWith(zone))) continue;
      button.value = zone;
      button.querySelector("span").textContent = zone;
      button.hidden = false;
    }
  };
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") offer(); });
  offer();
})();
