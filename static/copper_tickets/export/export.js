// The export page: each press gets a token of its own, and what becomes of the file is shown below while it is made.
// The page that waits for a place: when it is its turn, the file begins.
(() => {
  document.addEventListener("htmx:afterSettle", () => {
    const run = document.querySelector("#run[data-begin]");
    if (!run) return;
    const url = run.dataset.begin;
    delete run.dataset.begin;
    location.assign(url); // a file is saved, and this page stays
  });
  const form = document.getElementById("export");
  if (!form) return;
  form.addEventListener("submit", () => {
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
    const token = letters.join("");
    const url = form.dataset.runUrl.replace(form.dataset.token, token);
    form.elements.namedItem("export").value = token;
    document.getElementById("run-link").href = url;
    // After the browser has read the form; the answer goes on asking by itself while the file is made.
    setTimeout(() => htmx.ajax("GET", url, { target: "#run", swap: "outerHTML" }), 0);
  });
})();
