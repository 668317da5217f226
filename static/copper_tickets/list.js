// The list as it changes: says each change in one sentence, keeps the count true, and tells when the dashboard is away.
(() => {
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };
  const rowsShown = () => document.querySelectorAll("#rows [data-ticket-id]").length;
  const counted = (template) => template.replace("{all}", rowsShown());

  // Once pages were appended to the first one, only the table knows how many rows there are in all.
  const recount = (control) => {
    const soFar = control.querySelector("[data-so-far]");
    if (soFar && document.querySelector("#rows[data-from-top]")) {
      soFar.textContent = rowsShown() === 1 ? soFar.dataset.soFarOne : counted(soFar.dataset.soFar);
    }
  };
  const sentence = (control) => {
    const heading = control.querySelector("h2"); // of a failure
    return heading ? heading.textContent.trim() : counted(control.dataset.announce || "");
  };

  // What is not from this dashboard, such as a proxy's error page, has no place in the table.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    const ours = /^\s*(<!DOCTYPE html>|<tr)/i.test(xhr.responseText);
    if (ours) return;
    event.detail.shouldSwap = false;
    showOffline(target);
  });
  const showOffline = (target) => {
    const note = target && target.querySelector(".offline");
    if (!note) return;
    note.hidden = false;
    say(note.textContent);
  };
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => showOffline(event.detail.target || event.target.closest("tr")));
  }

  // Coming into view is enough to ask for more, but not under the focus of somebody who is about to press the button:
  // the press would land on what came instead.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    const byItself = requestConfig.triggeringEvent && requestConfig.triggeringEvent.type === "intersect";
    if (byItself && elt.contains(document.activeElement)) event.preventDefault();
  });

  // Whoever pressed the button goes on at the first new row, not at the top of the page; who reads elsewhere stays there.
  let last = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    last = target.matches("tr.control") && target.contains(document.activeElement) ? target.previousElementSibling : null;
  });
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
    } else if (swapped.matches("tr.control")) {
      recount(swapped);
      focusFirstNew();
      say(sentence(swapped));
    }
  });

  // A range and times from and to exclude each other: choosing one clears the other.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#filters");
    if (!form || !event.target.value) return;
    const bounds = [...form.elements].filter((field) => field.name.startsWith("created["));
    if (event.target.name === "range") bounds.forEach((field) => { field.value = ""; });
    if (bounds.includes(event.target)) form.elements.range.value = "";
  });
})();
