// The list as it changes: says each change in one sentence, keeps the count true, and tells when the dashboard is away.
(() => {
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };
  const rows = () => document.getElementById("rows");
  const rowsShown = () => document.querySelectorAll("#rows [data-ticket-id]").length;
  const lookedAt = () => {
    const { looked, about } = rows().dataset;
    return about ? `about ${(Math.round(looked / 10) * 10 || 1).toLocaleString("en")}` : Number(looked).toLocaleString("en");
  };
  const counted = (template) => template.replace("{all}", rowsShown()).replace("{looked}", lookedAt());

  // Once pages were appended to the first one, only the table knows how many rows there are in all.
  const addUp = (control) => {
    const sums = rows().dataset;
    sums.looked = Number(sums.looked || 0) + Number(control.dataset.looked || 0);
    if ("about" in control.dataset) sums.about = "yes";
  };
  const recount = (control) => {
    addUp(control);
    reword(control);
  };
  const reword = (control) => {
    const soFar = control.querySelector("[data-so-far]");
    if (!soFar || !rows().hasAttribute("data-from-top")) return;
    const { soFar: many, soFarOne: one, soFarNone: none } = soFar.dataset;
    soFar.textContent = counted([none, one][rowsShown()] || many);
  };
  const sentence = (control) => {
    const heading = control.querySelector("h2"); // of a failure
    return heading ? heading.textContent.trim() : counted(control.dataset.announce || "");
  };
  const start = () => {
    const control = document.querySelector("#rows tr.control");
    if (control) addUp(control);
  };

  // What is not from this dashboard, such as a proxy's error page, has no place in the table.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    const ours = /^\s*(<!DOCTYPE html>|<tr|<section id="histogram"|<div id="(run|lookup-words)"|<(select|input)[^>]* name="location")/i.test(xhr.responseText);
    if (ours) return;
    event.detail.shouldSwap = false;
    showOffline(target);
  });
  const showOffline = (target) => {
    const note = target && target.querySelector(".offline");
    if (!note) return;
    stop(note.closest("tr.control"));
    note.hidden = false;
    say(note.textContent);
  };
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => showOffline(event.detail.target || event.target.closest("tr")));
  }

  // A search goes on by itself until somebody stops it, and waits while nobody looks.
  const running = (control) => control && "running" in control.dataset && !("stopped" in control.dataset);
  const stop = (control) => {
    if (!running(control)) return;
    control.dataset.stopped = "yes";
    const next = control.querySelector('a[rel="next"]');
    htmx.trigger(next, "htmx:abort");
    if (control.contains(document.activeElement)) next.focus();
  };
  const goOn = () => {
    const control = document.querySelector("#rows tr.control");
    if (running(control)) htmx.trigger(control.querySelector('a[rel="next"]'), "click");
  };
  const pressedStop = (event) => {
    const button = event.target.closest("[data-stop]");
    if (!button) return;
    stop(button.closest("tr.control"));
    say("Stopped. Press Continue to go on looking.");
  };
  document.addEventListener("pointerdown", pressedStop); // before the next answer can take the button away
  document.addEventListener("click", pressedStop); // and by keyboard
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    const byItself = !requestConfig.triggeringEvent; // htmx has none for "load"
    const control = elt.closest("tr.control");
    if (!control) return; // a part of the page that goes on by itself too
    if (byItself && (!running(control) || document.hidden || window.place.restoring)) event.preventDefault();
    else delete control.dataset.stopped; // Continue was pressed
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
  let stopHadFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    stopHadFocus = Boolean(document.activeElement && document.activeElement.closest("[data-stop]"));
    if (stopHadFocus) return;
    last = target.matches("tr.control") && target.contains(document.activeElement) ? target.previousElementSibling : null;
  });
  const keepFocus = (control) => {
    if (stopHadFocus) (control.querySelector("[data-stop]") || control.querySelector("a") || document.getElementById("main")).focus({ preventScroll: true });
    stopHadFocus = false;
  };
  const focusFirstNew = () => {
    const link = last && (last.nextElementSibling || last).querySelector("a");
    last = null;
    if (link) link.focus({ preventScroll: true });
  };

  // htmx tells of each element that was swapped in: the list as a whole, or of an appended page its one control row.
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.target;
    if (swapped.id === "list") {
      const words = swapped.querySelector("form .alert, tr.control h2, tr.control .so-far");
      if (words) say(words.textContent.trim());
      start();
    } else if (swapped.matches("tr.control")) {
      recount(swapped);
      keepFocus(swapped);
      focusFirstNew();
      if (!running(swapped) || Number(swapped.dataset.added)) say(sentence(swapped)); // not each time that it found nothing
    }
  });

  start();
  document.addEventListener("arrivals:shown", (event) => {
    const control = document.querySelector("#rows tr.control");
    rows().dataset.looked = Number(rows().dataset.looked || 0) + event.detail.looked;
    reword(control);
  });

  // A range and times from and to exclude each other: choosing one clears the other.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#filters, #lookup-form");
    if (!form || !event.target.value) return;
    const bounds = [...form.elements].filter((field) => field.name.startsWith("created["));
    if (event.target.name === "range") bounds.forEach((field) => { field.value = ""; });
    if (bounds.includes(event.target)) form.elements.range.value = "";
  });

  // The names of the locations came after the page: they take the place of the ids that stand for them in it.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.requestConfig || event.detail.requestConfig.elt.id !== "filter-location") return;
    const menu = document.getElementById("filter-location");
    const names = new Map([...(menu.options || [])].filter((one) => one.value).map((one) => [one.value, one.text]));
    for (const shown of document.querySelectorAll("td.location bdi, td[data-label=location] bdi, .exact bdi, .chip-text")) {
      const [, before, id] = /^(Location: )?(.*)$/s.exec(shown.textContent);
      if (names.has(id)) shown.textContent = `${before || ""}${names.get(id)}`;
    }
  });
})();
