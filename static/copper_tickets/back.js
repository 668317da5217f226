// Back, pressed before a page's scripts are there, changes the address and nothing else: the page is loaded for it then.
(() => {
  const here = () => location.pathname + location.search;
  const opened = here();
  // By then the other scripts have run, and see to it themselves from now on.
  document.addEventListener("DOMContentLoaded", () => { if (here() !== opened) location.reload(); });
})();
