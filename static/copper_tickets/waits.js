// What takes longer than a moment is said where it will stand. Until it comes, what is on the screen is what was asked for before:
// the rows of another location, say, below the name of the one that was chosen.
(() => {
  const MOMENT = 400; // milliseconds
  const WORDS = {
    list: "Fetching the tickets… Those below are from before.",
    panel: "Fetching the ticket…",
    same: "Looking for others with this reference…",
  };
  const waits = new Map(); // by request: the timer, and for which element it is
  const put = (id) => {
    const target = document.getElementById(id);
    if (!target || target.querySelector(":scope > .waits, :scope > * > .waits")) return;
    const said = Object.assign(document.createElement("p"), { className: "waits", textContent: WORDS[id] });
    const line = target.querySelector(":scope > .line"); // stays in sight
    const head = target.querySelector(".panel-head");
    if (line) line.prepend(said);
    else if (head) head.after(said);
    else target.prepend(said);
    if (id === "same") said.scrollIntoView({ block: "nearest" });
    const sheet = id === "list" && document.querySelector("#bar-fields:popover-open"); // a phone's filters lie over it
    if (sheet) sheet.hidePopover();
    document.getElementById("live").textContent = said.textContent;
  };
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr, target } }) => {
    if (target.id in WORDS) waits.set(xhr, { id: target.id, timer: setTimeout(put, MOMENT, target.id) });
  });
  // However it ended. Another one for the same place may be on its way by then.
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    const ended = waits.get(xhr);
    if (!ended) return;
    clearTimeout(ended.timer);
    waits.delete(xhr);
    if ([...waits.values()].some(({ id }) => id === ended.id)) return;
    for (const said of document.querySelectorAll(`#${ended.id} .waits`)) said.remove();
  });
})();
