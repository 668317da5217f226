// Notes on a ticket: how long one is, and what was typed is kept whatever happens to the panel or the session.
(() => {
  const drafts = new Map(); // by the address that a note is sent to
  const ticketOf = (url) => url.replace(/notes\/$/, "");
  const linkTo = (url) => [...document.querySelectorAll("#rows tr[data-ticket-id] a[href]")].find((one) => one.pathname === url);
  const isForm = (element) => element instanceof Element && element.matches("[data-note-form]");
  const count = (field) => {
    const words = document.getElementById("note-count");
    const most = Number(field.dataset.most);
    const length = [...field.value.normalize("NFC").trimEnd()].length;
    words.textContent = `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters. Kept here, not at Copper.`;
    words.classList.toggle("too-long", length > most);
  };
  const put = () => {
    const form = document.querySelector("[data-note-form]");
    if (!form) return;
    const field = form.elements.namedItem("text");
    const draft = drafts.get(form.getAttribute("action"));
    if (draft && !field.value) {
      field.value = draft;
      document.getElementById("notes").open = true;
    }
    if (field.value) count(field);
  };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !isForm(form)) return;
    drafts.set(form.getAttribute("action"), event.target.value);
    count(event.target);
  });

  const say = (words, link) => {
    const problem = document.getElementById("note-problem");
    if (!problem) return;
    problem.textContent = words;
    if (link) problem.append(" ", link);
  };
  // The panel may show another ticket by the time that a note is answered: nothing hears of that but the request itself.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const form = detail.requestConfig.elt;
    if (!isForm(form)) return;
    const [action, sent, { xhr }] = [form.getAttribute("action"), form.elements.namedItem("text").value, detail];
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState !== XMLHttpRequest.DONE) return;
      if (xhr.status >= 200 && xhr.status < 300 && xhr.responseText.includes('id="notes"')) {
        if (drafts.get(action) === sent) drafts.delete(action); // more may have been typed meanwhile
      } else if (!form.isConnected) lost(action);
    });
  });
  // A note that was not saved, of a ticket that is no longer shown.
  const lost = (action) => {
    const url = ticketOf(action);
    const box = Object.assign(document.createElement("p"), { className: "alert alert-warning note-lost", textContent: "A note was not saved. Its text is still here: " });
    const link = Object.assign(document.createElement("a"), { href: url, textContent: "back to its ticket" });
    link.addEventListener("click", (event) => {
      box.remove();
      const row = linkTo(url);
      if (!row) return;
      event.preventDefault(); // the list's own row opens it beside the list, and its text is there again
      row.click();
    });
    box.append(link, ".");
    document.getElementById("main").prepend(box);
    document.getElementById("live").textContent = box.textContent;
  };
  // A page that is not the notes, such as the one for logging in, takes the place of nothing that was typed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!isForm(requestConfig.elt)) return;
    if (xhr.responseText.includes('id="notes"')) {
      return;
    }
    event.detail.shouldSwap = false;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    if (window.kept.sendsAgain(page, requestConfig.elt)) return;
    const login = window.kept.login(page);
    if (login) {
      say("You are no longer logged in, so the note was not saved. It is still here: log in in another tab, come back, and press Add note again.", login);
      return;
    }
    const heading = page.querySelector(".failure h1, h1");
    say(`The note was not saved: ${heading ? heading.textContent.trim() : "no answer"}. It is still here: try again.`);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (isForm(event.detail.elt)) say("The note was not saved: this dashboard could not be reached. It is still here: try again.");
    });
  }
  // The row of the ticket says how many there are, as the next page of the list will (ticket_list/cells.py).
  const mark = (row, count) => {
    row.querySelector(".noted")?.remove();
    if (!count) return;
    const words = count === 1 ? "1 note" : `${count} notes`;
    const noted = Object.assign(document.createElement("span"), { className: "noted", title: words });
    noted.innerHTML = `<span aria-hidden="true">✎${count}</span><span class="visually-hidden">${words}</span>`;
    row.querySelector("a[href]").parentElement.append(" ", noted);
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    put();
    if (!(event.target instanceof Element) || event.target.id !== "notes") return;
    const notes = event.target;
    const link = linkTo(ticketOf(notes.dataset.url));
    const row = link && link.closest("tr");
    if (row && notes.closest("#panel") && !notes.querySelector(".alert")) mark(row, Number(notes.dataset.count));
    notes.open = true;
    // Somebody may be elsewhere by now: in a field, or on the way to another ticket.
    const focused = document.activeElement;
    const isNowhere = focused === document.body || focused.id === "main"; // the latter in Safari, which gives a button that is pressed no focus
    if ((!isNowhere && !notes.contains(focused)) || document.querySelector("#panel[aria-busy]:not([hidden])")) return;
    const wrong = notes.querySelector('[aria-invalid="true"]');
    if (wrong) {
      wrong.focus();
      return;
    }
    document.getElementById("live").textContent = document.getElementById("notes-head").textContent;
    const field = notes.querySelector("textarea") || notes.querySelector("summary");
    field.focus({ preventScroll: true });
  });
  document.addEventListener("DOMContentLoaded", put);
})();
