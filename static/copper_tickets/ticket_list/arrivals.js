// New tickets: asks quietly while somebody looks, keeps what has come, and puts it on top when that is wanted.
(() => {
  const IDLE = 5 * 60_000; // after so long without a key or a pointer
  const SLOWER = 4; // it asks so many times more seldom
  const SLOWEST = 5 * 60_000; // and after failures never more seldom than this
  const PATIENCE = 45_000; // as for all else (base.html): an answer that has not come by then does not come
  const MOST = 500; // kept rows; more are better loaded anew
  const YEAR = 365 * 24 * 3600;

  let timer = null;
  let pause = 0; // after failures
  let active = Date.now();
  let asked = Date.now();
  let kept = []; // newest first
  let newest = "";
  let looked = 0;
  let under = null; // the request under way

  const place = () => document.getElementById("arrivals");
  const button = () => place() && place().querySelector("button");
  const watch = () => document.getElementById("watch");
  const isOn = () => watch() && watch().getAttribute("aria-pressed") === "true";
  const rows = () => document.getElementById("rows");
  const say = (text) => { document.getElementById("live").textContent = text; };

  const wait = () => {
    const every = place().dataset.seconds * 1000;
    return Math.max(pause, Date.now() - active > IDLE ? every * SLOWER : every);
  };
  const plan = () => {
    clearTimeout(timer);
    if (under || !place() || !isOn() || document.hidden || kept.length >= MOST) return;
    timer = setTimeout(ask, Math.max(0, asked + wait() - Date.now()));
  };

  const isThere = (id) => kept.some((row) => row.dataset.ticketId === id) || rows().querySelector(`[data-ticket-id="${CSS.escape(id)}"]`);
  const take = (answer) => {
    const fresh = [...answer.querySelectorAll("tr[data-ticket-id]")].filter((row) => !isThere(row.dataset.ticketId));
    kept = [...fresh, ...kept];
    newest = answer.dataset.newest || newest;
    looked += fresh.length;
    place().dataset.poll = answer.dataset.poll;
    if (fresh.length) show();
  };
  // What stands above rows of a while ago is no longer true once Copper answers.
  const answersAgain = () => {
    for (const note of document.querySelectorAll("[data-silence]")) {
      note.firstChild.textContent = "Copper answers again; these are the tickets of before. ";
      note.querySelector("a").textContent = "Load them anew";
      note.removeAttribute("data-silence");
    }
  };
  const words = () => {
    if (kept.length >= MOST) return `${MOST} or more new tickets: load the list again`;
    return kept.length === 1 ? "1 new ticket" : `${kept.length} new tickets`;
  };
  // How many there are stands in front of the tab's title.
  const title = () => {
    const bare = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = kept.length ? `(${kept.length >= MOST ? `${MOST}+` : kept.length}) ${bare}` : bare;
  };
  const show = () => {
    title();
    button().textContent = words();
    button().hidden = false;
    say(words());
  };

  // Whoever is logged out is told of no new ticket: that has to be said.
  let ended = false;
  const end = () => {
    ended = true;
    watch().setAttribute("aria-pressed", false);
    button().textContent = "Logged out: log in to see new tickets";
    button().hidden = false;
    say(button().textContent);
  };

  const ask = async () => {
    asked = Date.now();
    const here = place();
    const mine = under = new AbortController();
    const late = setTimeout(() => mine.abort(new Error("no answer")), PATIENCE);
    try {
      const answer = await fetch(here.dataset.poll, { headers: { "HX-Request": "true", "X-By-Itself": "true" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-poll]");
      if (here !== place()) return; // another list is shown by now
      if (answer.status === 401) {
        end();
        return;
      }
      if (answer.ok && page) {
        pause = 0;
        answersAgain();
        take(page);
      } else pause = Math.min(SLOWEST, 2 * wait());
    } catch (error) {
      if (error.name === "AbortError") return; // another list
      pause = Math.min(SLOWEST, 2 * (place() ? wait() : 0)); // the dashboard is away; a press on anything else says so
    } finally {
      clearTimeout(late);
      if (under === mine) under = null;
    }
    plan();
  };

  // Whoever presses wants to see them: the page goes to its top, and they are marked for a moment.
  const putOnTop = () => {
    const first = rows().querySelector("tr");
    for (const row of kept) row.classList.add("fresh");
    first.before(...kept);
    window.scrollTo({ top: 0, behavior: "instant" });
    kept[0].querySelector("a").focus({ preventScroll: true });
    say(`${words()} on top.`);
    document.dispatchEvent(new CustomEvent("arrivals:shown", { detail: { looked } }));
    const link = document.getElementById("fixed-link");
    if (link && newest) link.href = link.href.replace(/&seen=[^&]*/, "").replace(/created%5Blte%5D=[^&]*/, `created%5Blte%5D=${encodeURIComponent(newest).replaceAll("%3A", ":")}`);
    kept = [];
    looked = 0;
    button().hidden = true;
    title();
    plan();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#arrivals button")) {
      if (ended || kept.length >= MOST) location.reload();
      else putOnTop();
    }
    const pressed = event.target.closest("#watch");
    if (!pressed) return;
    const on = !isOn();
    pressed.setAttribute("aria-pressed", on);
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `new_tickets=${on ? "on" : "off"}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    asked = Date.now();
    plan();
  });
  for (const name of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(name, () => {
      const wasIdle = Date.now() - active > IDLE;
      active = Date.now();
      if (wasIdle) plan();
    }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", plan);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "list") return;
    if (under) under.abort();
    [under, kept, newest, looked, pause, asked, ended] = [null, [], "", 0, 0, Date.now(), false];
    plan();
  });
  plan();
})();
