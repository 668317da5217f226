// Several controls that are one stop for Tab: arrow keys, Home and End go among them (WAI-ARIA's toolbar).
(() => {
  const GROUPS = "[role=toolbar], svg.bars, .time-panel > .menu-list";
  const ITEMS = "a[href], button:not([hidden]), summary";
  // What stands in a menu that opens is reached from it, and is no stop of the group.
  const panelOf = (element) => element.closest(".menu-panel");
  const items = (group) => [...group.querySelectorAll(ITEMS)].filter((item) => panelOf(item) === panelOf(group));
  const settle = (group) => {
    const all = items(group);
    const current = all.find((item) => item.tabIndex === 0 && item.dataset.current === "yes") || all[0];
    for (const item of all) mark(item, item === current);
  };
  const mark = (item, here) => {
    item.tabIndex = here ? 0 : -1;
    item.dataset.current = here ? "yes" : "no";
  };
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const group = event.target.closest && event.target.closest(GROUPS);
    if (!group || panelOf(event.target) !== panelOf(group) || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = items(group).filter((item) => item.getClientRects().length);
    const at = all.indexOf(event.target);
    const to = { Home: 0, End: all.length - 1 }[event.key] ?? (event.key in STEPS ? (at + STEPS[event.key] + all.length) % all.length : -1);
    if (at < 0 || to < 0) return;
    event.preventDefault();
    for (const item of items(group)) mark(item, item === all[to]);
    all[to].focus();
  });
  const start = () => document.querySelectorAll(GROUPS).forEach(settle);
  document.addEventListener("htmx:afterSettle", start);
  start();
})();
