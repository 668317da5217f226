// Back from a ticket leads to the same depth, row and focus of the list, and Back from any other page to the same depth and
// row. The history entry itself remembers how many rows there were and which ticket was opened, or of when the row in the middle
// of the screen is; nothing is put into sessionStorage or localStorage.
window.place = { restoring: false };
(() => {
  const rows = () => document.getElementById("rows");
  const shown = () => rows().querySelectorAll("[data-ticket-id]").length;
  const rowOf = (id) => rows().querySelector(`[data-ticket-id="${CSS.escape(id)}"]`);
  const remember = (place) => {
    const state = history.state || {};
    history.replaceState({ ...state, place: { ...state.place, ...place } }, "");
  };

  const timeOf = (row) => { const time = row && row.querySelector("time"); return time ? Date.parse(time.dateTime) : NaN; };

  window.place.remember = (row) => remember({ rows: shown(), ticket: row.dataset.ticketId, time: timeOf(row), top: row.getBoundingClientRect().top });

  document.addEventListener("click", (event) => {
    const row = rows() && event.target.closest("#rows [data-ticket-id]");
    if (!row || !event.target.closest("a")) return;
    window.place.remember(row);
  }, true);
  const HEIGHTS = [0.5, 0.3, 0.7]; // of the screen: something may lie over the rows, or the list end above
  const inSight = () => HEIGHTS.flatMap((height) => document.elementsFromPoint(innerWidth / 2, innerHeight * height))
    .map((one) => one.closest("#rows [data-ticket-id]")).find((row) => row && timeOf(row));
  const isInSight = (row) => row && row.getBoundingClientRect().bottom > 0 && row.getBoundingClientRect().top < innerHeight;
  let scrolled = null;
  const noteHowFar = () => {
    if (!scrolled) return;
    clearTimeout(scrolled);
    scrolled = null;
    if (window.place.restoring || !rows()) return;
    const { ticket } = (history.state && history.state.place) || {};
    const opened = ticket && rowOf(ticket);
    if (isInSight(opened)) return remember({ top: opened.getBoundingClientRect().top });
    const row = scrollY ? inSight() : null;
    // Up to its time, since `lies` looks for what is older.
    remember({ ticket: null, rows: shown(), ...(row ? { time: timeOf(row) + 1, top: row.getBoundingClientRect().top } : { time: null, top: null }) });
  };
  document.addEventListener("scroll", () => {
    clearTimeout(scrolled);
    scrolled = setTimeout(noteHowFar, 150); // milliseconds: browsers let a page note only so much
  }, { passive: true });
  document.addEventListener("click", noteHowFar, true);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches("tr.control") && !window.place.restoring) remember({ rows: shown() });
  });

  // htmx keeps the address of the list, and so what was searched, in sessionStorage; nothing here reads it.
  const forget = () => sessionStorage.removeItem("htmx-current-path-for-history");
  for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
    document.addEventListener(name, forget);
  }
  forget();

  // The browser would put the page where it was before its rows are there again.
  if (history.state && history.state.place) history.scrollRestoration = "manual";

  // Ask for the rows that come next, if any do; done once they are there, or once it is clear that they do not come.
  window.place.further = () => new Promise((resolve) => {
    const next = rows()?.querySelector('a[rel="next"]');
    if (!next) return resolve();
    const names = ["htmx:afterRequest", "htmx:afterSettle"];
    const done = ({ type, target, detail }) => {
      const ours = detail.requestConfig && detail.requestConfig.elt === next; // and not a ticket's beside the list
      if (!ours && target.id !== "list") return; // another list: those rows come no more
      if (ours && type === "htmx:afterRequest" && !next.isConnected) return; // rows have come in its place, and are to settle yet
      names.forEach((name) => document.removeEventListener(name, done));
      resolve();
    };
    names.forEach((name) => document.addEventListener(name, done));
    htmx.trigger(next, "click");
  });
  // It may be gone, or many may have come above it: the list is loaded as far as its time, or by so many rows more.
  const FURTHER = 200;
  const olderThan = (time) => [...rows().querySelectorAll("[data-ticket-id]")].find((row) => timeOf(row) < time);
  const lies = (place) => (place.ticket && rowOf(place.ticket)) || olderThan(place.time);
  const restore = async (place) => {
    window.place.restoring = true;
    const isDeep = typeof place.top === "number"; // else it was left at its top
    const there = () => shown() >= place.rows && (!isDeep || lies(place) || shown() >= place.rows + FURTHER);
    const list = rows();
    for (let before = -1; rows() === list && !there() && shown() > before;) {
      before = shown();
      await window.place.further();
    }
    window.place.restoring = false;
    document.dispatchEvent(new Event("place:restored"));
    if (rows() !== list || window.keys.types(document.activeElement)) return;
    const row = isDeep && lies(place);
    if (!row) return;
    if (place.ticket) row.querySelector("a").focus({ preventScroll: true });
    await bring(row, place.top);
  };
  // Rows out of view have an estimated height until they are drawn, so what is around the row may still move it.
  const bring = async (row, top) => {
    for (let frame = 0, quiet = 0; frame < 60 && quiet < 6; frame++) {
      const off = row.getBoundingClientRect().top - top;
      quiet = Math.abs(off) < 1 ? quiet + 1 : 0;
      if (!quiet) window.scrollBy({ top: off, behavior: "instant" });
      await new Promise(requestAnimationFrame);
    }
  };
  window.addEventListener("pageshow", (event) => {
    const place = history.state && history.state.place;
    if (!event.persisted && place && rows()) restore(place);
  });
})();
