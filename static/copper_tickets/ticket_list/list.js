// The list as it changes: says each change in one sentence, keeps the count true, and tells when the dashboard is away.
(() => {
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };
  const rows = () => document.getElementById("rows");
  const rowsShown = () => document.querySelectorAll("#rows :is([data-ticket-id], .unreadable)").length; // as the server counts them
  const lookedAt = () => {
    const { looked, about } = rows().dataset;
    return about ? `about ${(Math.round(looked / 10) * 10 || 1).toLocaleString("en")}` : Number(looked).toLocaleString("en");
  };
  const counted = (template) => template.replace("{all}", rowsShown().toLocaleString("en")).replace("{looked}", lookedAt());

  const inNumber = ({ dataset: { soFar, soFarOne, soFarNone } }) => counted([soFarNone, soFarOne][rowsShown()] || soFar);

  // Once pages were appended to the first one, only the table knows how many rows there are in all.
  const addUp = (control) => {
    const sums = rows().dataset;
    sums.looked = Number(sums.looked || 0) + Number(control.dataset.looked || 0);
    if ("about" in control.dataset) sums.about = "yes";
  };
  const reword = () => {
    if (!rows().hasAttribute("data-from-top")) return;
    for (const soFar of document.querySelectorAll("#list [data-so-far]")) soFar.textContent = inNumber(soFar);
  };
  const sentence = (control) => {
    const heading = state().querySelector("h2"); // of a failure
    if (heading) return heading.textContent.trim();
    const added = Number(control.dataset.added) ? `${Number(control.dataset.added).toLocaleString("en")} more. ` : "";
    return added + inNumber(state().querySelector("[data-so-far]"));
  };
  const start = () => {
    if (control()) addUp(control());
  };

  // What is not from this dashboard, such as a proxy's error page, has no place in the table: each answer of ours has a number.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    const ours = xhr.getResponseHeader("X-Request-Id");
    if (ours || !event.detail.shouldSwap) return; // what is told elsewhere (failures.js) may have been aborted, and has no headers then
    event.detail.shouldSwap = false;
    showOffline(target, requestConfig.elt, xhr.status === 414 ? "This is too long to be sent. What was typed is still here: make it shorter." : unreachable);
  });
  document.addEventListener("failure:shown", (event) => { if (event.detail.target.closest("tr.control")) stop(); });
  let cutOff = false; // a page that was to be appended did not come
  window.addEventListener("online", () => { if (cutOff && next()) htmx.trigger(next(), "click"); });
  const unreachable = document.getElementById("offline")?.textContent || "This dashboard could not be reached. Check the network, then press it again.";
  // Beside a part of a ticket, which is too far from the list's own note; notes and the panel as a whole say it themselves.
  const beside = (elt) => {
    const part = !elt.matches("[data-note-form]") && elt.closest(".ticket");
    if (!part) return null;
    const note = Object.assign(document.createElement("p"), { className: "offline alert alert-danger py-1 my-2" });
    (elt.closest("p, form") || elt).after(note);
    document.addEventListener("htmx:beforeRequest", () => note.remove(), { once: true });
    return note;
  };
  const showOffline = (target, elt, words = unreachable) => {
    const note = beside(elt) || (target && (target.querySelector(".offline") || (target.closest("#list") && document.getElementById("offline"))));
    if (!note) return;
    if (target.closest("tr.control")) {
      cutOff = true;
      stop();
    }
    note.textContent = words;
    note.hidden = false;
    say(note.textContent);
  };
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ target, detail }) => showOffline(detail.target || target.closest("tr"), detail.requestConfig.elt));
  }

  // A search goes on by itself until somebody stops it, and waits while nobody looks. The line above the rows says so, too,
  // and has the buttons; what it does is done by the link at the end of the rows.
  const control = () => document.querySelector("#rows tr.control");
  const state = () => document.getElementById("state");
  const next = () => control() && control().querySelector('a[rel="next"]');
  const running = () => control() && "running" in control().dataset && !("stopped" in control().dataset);
  const stop = () => {
    if (!running()) return;
    for (const part of [control(), state()]) part.dataset.stopped = "yes";
    htmx.trigger(next(), "htmx:abort");
    if (state().contains(document.activeElement)) state().querySelector("[data-next]").focus({ preventScroll: true });
  };
  const goOn = () => {
    if (running()) htmx.trigger(next(), "click");
  };
  window.pressed("[data-stop]", () => {
    stop();
    say("Stopped. Press Continue to go on searching.");
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-next]") || event.ctrlKey || event.metaKey || event.shiftKey || !next()) return;
    event.preventDefault();
    htmx.trigger(next(), "click");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    const byItself = !requestConfig.triggeringEvent; // htmx has none for "load"
    if (!elt.closest("tr.control")) return; // a part of the page that goes on by itself too
    if (byItself && (!running() || document.hidden || window.place.restoring)) event.preventDefault();
    else for (const part of [control(), state()]) delete part.dataset.stopped; // Continue was pressed
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-By-Itself"] = "true"; // keeps no session open
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) goOn(); });
  document.addEventListener("place:restored", goOn);

  // Coming into view is enough to ask for more, but not under the focus of somebody who is about to press the button:
  // the press would land on what came instead.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    const byItself = requestConfig.triggeringEvent && requestConfig.triggeringEvent.type === "intersect";
    if (byItself && elt.contains(document.activeElement)) event.preventDefault();
  });

  // Whoever pressed the button goes on at the first new row, not at the top of the page; who reads elsewhere stays there.
  let last = null;
  let stateHadFocus = false; // the line above the rows is replaced with each answer
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, shouldSwap } = event.detail;
    if (!shouldSwap || !target.matches("tr.control")) return;
    document.getElementById("offline").hidden = true;
    cutOff = false;
    stateHadFocus = Boolean(state() && state().contains(document.activeElement));
    last = target.contains(document.activeElement) ? target.previousElementSibling : null;
  });
  const keepFocus = () => {
    if (stateHadFocus) (state().querySelector("[data-stop]") || state().querySelector("[data-next]") || document.getElementById("main")).focus({ preventScroll: true });
    stateHadFocus = false;
  };
  const focusFirstNew = () => {
    const link = last && (last.nextElementSibling || last).querySelector("a");
    last = null;
    if (link) link.focus({ preventScroll: true });
  };

  // htmx tells of each element that was swapped in: the list as a whole, or of an appended page its one control row. What
  // came with that says how many rows it brought: how many there are in all stands there before anybody sees it.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches("tr.control")) return;
    addUp(event.target);
    reword();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.target;
    if (swapped.id === "list") {
      const words = swapped.querySelector("form .alert, #state h2, #state .so-far");
      if (words) say(words.textContent.trim());
      start();
    } else if (swapped.matches("tr.control")) {
      keepFocus();
      focusFirstNew();
      if (!running() || Number(swapped.dataset.added)) say(sentence(swapped)); // not each time that it found nothing
    }
  });

  start();
  const changed = document.querySelector(".zone-said"); // what was done just before this page: it is read out where it comes after the page
  if (changed) say(changed.textContent);
  document.addEventListener("arrivals:shown", (event) => {
    rows().dataset.looked = Number(rows().dataset.looked || 0) + event.detail.looked;
    reword();
  });

  // The names of the locations came after the page: they take the place of the ids that stand for them in it.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.requestConfig || event.detail.requestConfig.elt.id !== "filter-location") return;
    const menu = document.getElementById("filter-location");
    const names = new Map([...(menu.options || [])].filter((one) => one.value).map((one) => [one.value, one.text]));
    for (const shown of document.querySelectorAll("td.location bdi, td[data-label=location] bdi, .exact bdi")) {
      if (names.has(shown.textContent)) shown.textContent = names.get(shown.textContent);
    }
    const said = document.querySelector(".bar-fold bdi");
    if (said && names.has(menu.value)) said.textContent = said.textContent.replace(menu.value, names.get(menu.value));
  });
})();
