// Exports. This runs before the page is there (no defer), so that it knows of every press.
(() => {
  // The page that waits for a place: when it is its turn, the file begins.
  document.addEventListener("htmx:afterSettle", () => {
    const run = document.querySelector("#run[data-begin]");
    if (!run) return;
    const url = run.dataset.begin;
    delete run.dataset.begin;
    location.assign(url); // a file is saved, and this page stays
  });
  // To ask for a file ends the loading of scripts that are not there yet, without which nobody sees how it goes: a press
  // waits for them, the last one if there are several.
  let ready = false;
  let pressed = null;
  document.addEventListener("DOMContentLoaded", () => {
    ready = true;
    if (pressed) pressed.form.requestSubmit(pressed);
  });
  // Each press gets a token of its own, and what becomes of the file is shown below while it is made. A double click is one.
  const DOUBLE = 1000; // milliseconds
  const UNTOLD = 1000; // milliseconds, for a browser that does not say when it leaves for another address, as on an iPhone
  let last = { begun: -DOUBLE };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "export") return;
    if (!ready) {
      event.preventDefault();
      pressed = event.submitter;
      return;
    }
    if (event.submitter === last.button && event.timeStamp - last.begun < DOUBLE) {
      event.preventDefault();
      return;
    }
    last = { button: event.submitter, begun: event.timeStamp };
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
    const token = letters.join("");
    const url = form.dataset.runUrl.replace(form.dataset.token, token);
    form.elements.namedItem("export").value = token;
    // Once the browser is on its way to the file: Firefox ends what was asked for before that without a word, and htmx would
    // wait for it for ever. It is asked until there is an answer, which goes on by itself while the file is made; of two
    // presses it is the last one's file that the browser takes.
    let begun = false;
    const ask = () => {
      if (begun) return;
      begun = true;
      const run = document.getElementById("run");
      for (const [name, value] of [["get", url], ["trigger", "load, every 1s"], ["target", "this"], ["swap", "outerHTML"]]) run.setAttribute(`hx-${name}`, value);
      htmx.process(run);
    };
    window.addEventListener("beforeunload", () => setTimeout(ask), { once: true });
    setTimeout(ask, UNTOLD);
  });
})();
