// A ticket opens beside its list, at its own address: the list keeps its place. Back and Esc close it, j and k go on.
(() => {
  const panel = () => document.getElementById("panel");
  const rows = () => [...document.querySelectorAll("#rows tr[data-ticket-id]")];
  const linkOf = (row) => row && row.querySelector("a[href]");
  const away = () => document.getElementById("panel-away").content.cloneNode(true);
  const isOpen = () => Boolean(panel()) && !panel().hidden;
  const current = () => document.querySelector("#rows tr.open");
  const here = () => location.pathname + location.search;
  let listTitle = "";
  let shown = here(); // the address of what is shown: one that differs only in its #part is the same

  const mark = (row) => {
    for (const one of document.querySelectorAll("#rows tr.open")) one.classList.remove("open");
    if (!row) return;
    row.classList.add("open");
    row.scrollIntoView({ block: "nearest" });
  };
  // Somebody who goes on quickly wants the last one: the first is asked for at once, each after it in a moment.
  const MOMENT = 120; // milliseconds
  let asked = 0;
  let timer = null;
  const load = (url) => {
    clearTimeout(timer);
    htmx.trigger(panel(), "htmx:abort");
    panel().setAttribute("aria-busy", "true");
    timer = setTimeout(ask, Date.now() - asked < MOMENT ? MOMENT : 0, url);
    asked = Date.now();
  };
  const ask = (url) => htmx.ajax("GET", url, { source: panel(), target: panel(), swap: "innerHTML show:none" }).catch(() => {}); // said below
  const show = (row, url) => {
    if (!isOpen()) listTitle = document.title.replace(/^\(\d+\+?\) /, "");
    shown = url;
    if (!panel().firstElementChild) panel().append(away().querySelector(".panel-head")); // it can be closed before the ticket is there
    panel().hidden = false;
    document.body.classList.add("with-panel");
    mark(row);
    load(url);
  };
  // The first one gets an entry of the history, and those after it take its place: Back closes the panel.
  const open = (row) => {
    const url = new URL(linkOf(row).href);
    const state = { ...history.state, panel: url.pathname };
    if (isOpen()) history.replaceState(state, "", url);
    else history.pushState(state, "", url);
    show(row, url.pathname + url.search);
  };
  const hide = () => {
    const row = current();
    shown = here();
    clearTimeout(timer);
    htmx.trigger(panel(), "htmx:abort");
    panel().hidden = true;
    panel().replaceChildren();
    document.body.classList.remove("with-panel");
    const [news] = document.title.match(/^(\(\d+\+?\) )?/); // how many new tickets there are now
    if (listTitle) document.title = news + listTitle;
    mark(null);
    const link = linkOf(row) || document.getElementById("rows");
    if (link) link.focus({ preventScroll: true });
    if (row) row.scrollIntoView({ block: "nearest" });
  };
  // What closes it is that it is no longer the address. A second press before that would leave the list.
  let closes = false;
  const close = () => {
    if (closes) return;
    closes = true;
    history.back();
  };

  let leaves = null; // what is still to be done on the list's own entry before its ticket is opened as a whole page
  window.addEventListener("popstate", (event) => {
    closes = false;
    if (leaves) {
      event.stopImmediatePropagation();
      leaves();
      return;
    }
    const wanted = event.state && event.state.panel;
    if (here() === shown) {
      if (wanted && isOpen()) event.stopImmediatePropagation(); // htmx would put the ticket's own page in place of both
      return;
    }
    if (!panel()) {
      location.reload(); // this page was loaded anew where a panel had been: what the address names is another page
      return;
    }
    if (wanted) {
      event.stopImmediatePropagation();
      show(rows().find((row) => new URL(linkOf(row).href).pathname === wanted), here());
    } else if (isOpen()) {
      event.stopImmediatePropagation(); // htmx would load the list again
      hide();
    }
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#rows tr[data-ticket-id] a[href]:not(.twice)"); // that one leads to the comparison
    if (!link || !panel() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link.closest("tr"));
  });

  // Over the end of a page, too: what is asked for comes first, and then the next press is done.
  let turn = Promise.resolve();
  const neighbour = async (by) => {
    const find = () => {
      const all = rows();
      const from = current() || document.activeElement.closest("#rows tr[data-ticket-id]");
      return from ? all[all.indexOf(from) + by] : all[0];
    };
    if (!find() && by > 0) await window.place.further();
    return find();
  };
  const step = (by) => {
    turn = turn.catch(() => {}).then(async () => {
      const row = await neighbour(by);
      if (!row || window.keys.types(document.activeElement)) return; // somebody types by now
      if (isOpen()) open(row);
      else linkOf(row).focus();
    });
    return true;
  };
  window.panel = { isOpen, close, step };

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-panel]");
    if (!pressed) return;
    if (pressed.dataset.panel === "close") close();
    else if (pressed.dataset.panel === "again") {
      event.preventDefault();
      load(here());
    } else step(pressed.dataset.panel === "older" ? 1 : -1);
  });
  // Tab leads from the row that is open into its ticket, and from there to the next row: in the order of the page the ticket
  // comes after all rows, however many they are.
  const STOPS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const stops = (part) => [...part.querySelectorAll(STOPS)].filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !panel() || !isOpen() || !current()) return;
    const parts = [current(), panel(), current().nextElementSibling].filter(Boolean);
    const order = parts.flatMap(stops);
    const at = order.indexOf(document.activeElement);
    const to = at < 0 ? null : order[at + (event.shiftKey ? -1 : 1)];
    if (!to || parts.some((part) => part.contains(document.activeElement) && part.contains(to))) return;
    event.preventDefault();
    to.focus();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "list" && panel() && isOpen()) { // another list: its address is the page's by now
      clearTimeout(timer);
      htmx.trigger(panel(), "htmx:abort");
      panel().hidden = true;
      panel().replaceChildren();
      document.body.classList.remove("with-panel");
    }
    if (event.target.id === "same") {
      event.target.scrollIntoView({ block: "nearest" }); // on a phone it begins below the screen
      const found = event.target.querySelector("h2");
      if (found) document.getElementById("live").textContent = found.textContent;
    }
    const ticket = document.getElementById("ticket");
    if (!ticket || event.target !== panel()) return; // what is put into a ticket that is there changes none of this
    panel().removeAttribute("aria-busy");
    // What stands before and behind a page's own title stays: how many are new, the mode, the site's name.
    const [before] = document.title.match(/^(\(\d+\+?\) )?(\w+ · )?/);
    document.title = `${before}${ticket.dataset.title || "Ticket"} · Copper Tickets`;
    panel().scrollTop = 0;
    const head = document.getElementById("ticket-head") || ticket.querySelector("h1");
    if (head) document.getElementById("live").textContent = head.textContent.trim();
  });
  // What is no ticket leaves a way out: an error's page, a proxy's, or none at all.
  const didNotCome = (words) => {
    panel().replaceChildren(away());
    panel().removeAttribute("aria-busy");
    const said = panel().querySelector(".alert p");
    if (words) said.textContent = words;
    document.getElementById("live").textContent = said.textContent;
  };
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!panel() || detail.target !== panel()) return;
    const failure = window.failures.within(detail.xhr);
    if (!failure && detail.xhr.getResponseHeader("X-Request-Id")) return;
    detail.shouldSwap = false;
    didNotCome(failure && window.failures.joined(window.failures.sentences(failure)));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { if (event.detail.target === panel()) didNotCome(); });
  }
  // The browser would take a reload for the same page, and scroll as far down as the list was.
  const fromItsTop = () => { history.scrollRestoration = "manual"; };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const whole = event.target.closest("[data-whole-page]");
    if (!whole || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!current()) {
      fromItsTop();
      location.reload(); // the address is the ticket's already, and the list stays one step back
      return;
    }
    // It may have been gone on from with j and k: the list, one step back, is told at which row it was left.
    const [row, { state }, url] = [current(), history, here()];
    leaves = () => {
      window.place.remember(row);
      history.pushState(state, "", url);
      fromItsTop();
      location.reload();
    };
    history.back();
  });
})();
