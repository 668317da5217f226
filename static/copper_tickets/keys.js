// Keys that do something by themselves. Never while somebody types, and not at all where they were turned off (WCAG 2.1.4).
(() => {
  const YEAR = 365 * 24 * 3600;
  const isOn = () => !document.cookie.split("; ").includes("keys=off");
  const sheet = () => document.getElementById("keys");
  // Whether that is where somebody types.
  const types = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  window.keys = { types };

  const toReference = () => {
    const field = document.getElementById("filter-search_query");
    if (!field) return false;
    const fields = field.closest("[popover]"); // on a phone
    if (fields && !field.getClientRects().length) fields.showPopover();
    field.focus();
    field.select();
    return true;
  };
  // Arrow keys scroll, unless somebody stands on a row.
  const onRow = (act) => (event) => event.target.closest("#rows tr") && act();
  const down = () => document.getElementById("rows") && window.panel.step(1);
  const up = () => document.getElementById("rows") && window.panel.step(-1);
  // Buttons of the ticket that is shown, beside its list or alone. Of one that is on its way they are pressed once it is there.
  let waits = null;
  const press = (wanted) => () => {
    if (document.querySelector("#panel[aria-busy]:not([hidden])")) {
      waits = wanted;
      return true;
    }
    const button = document.querySelector(`.ticket ${wanted}`);
    if (button) button.click();
    return Boolean(button);
  };
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== "panel" && target.id !== "list") return;
    const wanted = target.id === "panel" && waits;
    waits = null;
    if (wanted) press(wanted)();
  });
  window.addEventListener("popstate", () => { waits = null; });
  const keys = {
    "/": toReference,
    "?": () => { sheet().showPopover(); return true; },
    j: down,
    k: up,
    t: press("[data-compare]"),
    c: press("[data-copy-from=sent-link]"),
    ArrowDown: onRow(down),
    ArrowUp: onRow(up),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const act = keys[event.key];
    if (!act || !isOn() || types(event.target)) return;
    if (act(event)) event.preventDefault();
  });
  // Esc is no key of one letter: it closes what is open, the innermost first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !window.panel.isOpen()) return;
    if (document.querySelector("details.menu[open], :popover-open") || types(event.target)) return;
    window.panel.close();
  });

  const shown = () => {
    const box = document.getElementById("keys-on");
    if (box) box.checked = isOn();
  };
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `keys=${event.target.checked ? "on" : "off"}; path=/; max-age=${YEAR}; SameSite=Lax${secure}`;
  });
  shown();
})();
