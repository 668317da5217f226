// Going back, also before a page's other scripts are there.
(() => {
  // By the browser's own Back the address changes and nothing else: the page is loaded for it then.
  const here = () => location.pathname + location.search;
  const [opened, entries] = [here(), history.length];
  // By then the other scripts have run, and see to it themselves from now on.
  document.addEventListener("DOMContentLoaded", () => { if (here() !== opened) location.reload(); });

  // A link back to the list that one came from is the browser's Back: its entry knows the place (ticket_list/place.js).
  let goes = false; // back already: a second press would go one further
  window.addEventListener("pageshow", () => { goes = false; });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-back]");
    if (!back || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const fromPanel = history.state && history.state.panel; // it was beside its list, which is one step back
    // Not where the page has made entries of its own meanwhile: a step back would stay on it.
    const oneStep = document.referrer === back.href && entries > 1 && history.length === entries && here() === opened;
    if (!fromPanel && !oneStep) return;
    event.preventDefault();
    if (goes) return;
    goes = true;
    history.back();
  });
})();
