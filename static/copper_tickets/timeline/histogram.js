// While the histogram is counted, it alone says how far it has come: rows that are appended meanwhile do not replace it.
(() => {
  const histogram = () => document.getElementById("histogram");
  const running = () => histogram() && "running" in histogram().dataset;

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id === "histogram" && running()) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (elt.id !== "histogram-count") return;
    const byItself = !requestConfig.triggeringEvent; // htmx has none for "load"
    if (byItself && (!running() || document.hidden)) event.preventDefault();
    else {
      const focused = document.activeElement === elt;
      histogram().dataset.running = "yes";
      if (focused) document.getElementById("histogram-stop").focus({ preventScroll: true });
    }
  });

  const stop = () => {
    if (!running()) return;
    const next = document.getElementById("histogram-count");
    delete histogram().dataset.running;
    htmx.trigger(next, "htmx:abort");
    next.focus({ preventScroll: true });
  };
  window.pressed("[data-stop-counting]", stop);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && running()) htmx.trigger("#histogram-count", "click");
  });
  // The answer did not come: the button stands there again.
  document.addEventListener("failure:shown", (event) => { if (event.detail.target.id === "histogram") stop(); });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => { if (event.target.id === "histogram-count") stop(); });
  }

  // What had the focus is gone when counting begins or ends: the one that took its place gets it.
  const BUTTONS = ["histogram-count", "histogram-stop"];
  let hadFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "histogram") hadFocus = BUTTONS.includes(document.activeElement.id);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig;
    if (event.target.id !== "histogram" || !asked || asked.elt.id !== "histogram-count") return; // it comes with rows, too
    const title = document.getElementById("histogram-title");
    if (!running() && title) document.getElementById("live").textContent = title.textContent;
    if (!hadFocus) return;
    const visible = BUTTONS.map((id) => document.getElementById(id)).find((button) => button && button.offsetParent);
    (visible || document.getElementById("histogram-as-table")).focus({ preventScroll: true });
    hadFocus = false;
  });
})();
