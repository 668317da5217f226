// The table of the list, for hand and eye: a row is a link, cells that are cut short show what they hold, the head stays in place.
(() => {
  // Whoever marks text in a row wants the text.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#rows tr[data-ticket-id]");
    if (!row || event.target.closest("a, button") || String(getSelection())) return;
    const { ctrlKey, metaKey, shiftKey } = event;
    row.querySelector("a").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
  });
  // The row that the keyboard stands on shows all that its cells hold. Rows below move for that: not under a press, which
  // would end on another one than it began on, and be none.
  let whole = null;
  let pressed = false;
  const narrow = () => {
    if (!whole || pressed || whole.contains(document.activeElement)) return;
    whole.classList.remove("whole");
    whole = null;
  };
  const widen = () => {
    narrow();
    const link = document.activeElement;
    if (whole || !link.matches("#rows tr[data-ticket-id] a:focus-visible")) return;
    whole = link.closest("tr");
    whole.classList.add("whole");
  };
  for (const name of ["focusin", "keyup"]) document.addEventListener(name, widen); // a key shows where the focus has been
  document.addEventListener("focusout", narrow);
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => setTimeout(() => { pressed = false; narrow(); }), true); // after its click
  }
  // What does not fit a cell is said whole when it is pointed at.
  document.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("#rows tr[data-ticket-id] > td");
    if (!cell || cell.title) return;
    const isCut = [cell, cell.firstElementChild].some((one) => one && one.scrollWidth > one.clientWidth);
    if (isCut) cell.title = cell.textContent.trim();
  });
  // The head of chosen columns goes sideways with the rows.
  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "rows") return;
    event.target.previousElementSibling.scrollLeft = event.target.scrollLeft;
  }, true);

  // The head of the table stays below the line of tools, which is as high as what it says.
  const measured = new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty("--line", `${target.offsetHeight}px`));
  const measure = () => {
    measured.disconnect();
    const line = document.querySelector("#list > .line");
    if (line) measured.observe(line);
  };
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") measure(); });
  measure();
})();
