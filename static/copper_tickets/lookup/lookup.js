// A look-up: while it goes the page says how far it is, and it goes on by itself until it is done or Stop is pressed.
(() => {
  const run = document.getElementById("lookup-run");
  if (!run) return;
  const offline = document.getElementById("lookup-offline");
  const stopButton = document.getElementById("lookup-stop");
  const result = () => document.getElementById("lookup-result");
  const looks = (element) => ["lookup-form", "lookup-go-on", "lookup-further"].includes(element.id);
  const say = (text) => { document.getElementById("live").textContent = text; };
  const url = (name) => run.dataset[name].replace("TOKEN", form.elements.namedItem("token").value);
  let form = null;
  let stopped = false;
  let timer = 0;
  let moveFocus = false;
  const away = offline.textContent;

  const begin = () => {
    offline.hidden = true;
    run.hidden = false;
    clearInterval(timer);
    timer = setInterval(() => htmx.ajax("GET", url("url"), { target: "#lookup-words", swap: "outerHTML" }), 1000);
  };
  const end = () => {
    clearInterval(timer);
    moveFocus = moveFocus || document.activeElement === stopButton;
    run.hidden = true;
    stopButton.disabled = false;
    document.getElementById("lookup-words").textContent = "Searching…";
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (!looks(elt)) return;
    const byItself = !requestConfig.triggeringEvent; // htmx has none for "load"
    if (byItself && stopped) {
      event.preventDefault();
      end();
      return;
    }
    if (!byItself) {
      stopped = false;
      moveFocus = true;
    }
    form = elt.closest("form");
    begin();
  });

  stopButton.addEventListener("click", () => {
    stopped = true;
    stopButton.disabled = true;
    const csrfmiddlewaretoken = form.elements.namedItem("csrfmiddlewaretoken").value;
    htmx.ajax("POST", url("cancelUrl"), { source: stopButton, swap: "none", values: { csrfmiddlewaretoken } });
  });

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail }) => {
      if (detail.requestConfig.elt !== stopButton) return;
      stopButton.disabled = false;
      document.getElementById("lookup-words").textContent = "It could not be stopped: the dashboard did not answer. Press Stop again.";
      say(document.getElementById("lookup-words").textContent);
    });
  }

  // A page that is not the look-up's, such as an error's, takes the place of nothing that was typed or found.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail;
    if (!looks(event.detail.requestConfig.elt)) return;
    if (!xhr.responseText.includes('id="lookup-form"')) {
      event.detail.shouldSwap = false;
      refused(new DOMParser().parseFromString(xhr.responseText, "text/html"), event.detail.requestConfig.elt);
      return;
    }
    if (xhr.status === 400 && result()) { // the form comes back with errors: what was found before stays
      event.detail.target = document.getElementById("lookup-form");
      event.detail.selectOverride = "#lookup-form";
      const others = document.getElementById("look-up-others");
      if (others) others.open = true;
    }
  });
  // Who asks how it goes, or stops it, without a session is not led to the log-in page: what stands here would be lost.
  const here = run.dataset.url.split("TOKEN")[0];
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status === 401 && requestConfig.path !== here && requestConfig.path.startsWith(here)) event.preventDefault();
  });
  const refused = (page, elt) => {
    if (window.kept.sendsAgain(page, elt)) return;
    const login = window.kept.login(page);
    const words = window.failures.sentences(page);
    if (login) words[1] = "What stands here stays. Log in in another tab, come back to this one, and press the button again.";
    failed(window.failures.joined(words), login);
  };
  const failed = (words, link) => {
    end();
    stopped = true;
    offline.textContent = words || away;
    if (link) offline.append(" ", link);
    offline.hidden = false;
    say(offline.textContent);
  };
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { if (looks(event.detail.elt)) failed(); });
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const { requestConfig } = event.detail;
    if (!requestConfig || !looks(requestConfig.elt)) return;
    const found = result();
    if (found && "running" in found.dataset && !stopped) return; // it goes on at once
    end();
    if (found) say(found.dataset.announce);
    if (!moveFocus) return;
    moveFocus = false;
    const wrong = document.querySelector('#lookup-form [aria-invalid="true"]');
    (wrong || document.getElementById("lookup-heading") || document.getElementById("main")).focus();
  });

  // Back from a result leads to the form as it was sent. Its history entry remembers where the result is kept, not what was pasted;
  // the result's page has the form with all that was asked.
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    history.replaceState({ ...history.state, result: detail.history.path }, ""); // of the result's own entry htmx writes over it
  });
  window.addEventListener("popstate", (event) => {
    if (!event.state?.result) return;
    event.stopImmediatePropagation(); // htmx would load the page anew as well, and write over what the entry remembers
    location.reload();
  }, true);
  const asItCame = (field) => field.matches("select") ? (field.querySelector("[selected]") || field.options[0]).value : field.defaultValue;
  const isTouched = (field) => field.value !== asItCame(field);
  const asSent = async (address) => {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [here, sent] = [document, page].map((one) => one.getElementById("lookup-form"));
    if (!answer.ok || !sent || [...here.querySelectorAll("input, textarea, select")].some(isTouched)) return; // somebody types by now
    here.replaceWith(document.adoptNode(sent));
    htmx.process(sent);
  };
  const empty = document.getElementById("lookup-form");
  if (history.state?.result && !result() && location.pathname === empty.getAttribute("action")) asSent(history.state.result).catch(() => {});
})();
