// The receipt of a list: appended pages add their requests, all are counted, and the newest are listed.
(() => {
  const MOST = 200;
  let dropped = 0;
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id !== "receipt-groups") return;
    const groups = document.getElementById("receipt-groups");
    const sum = [...groups.children].reduce((all, group) => all + Number(group.dataset.count), 0);
    document.getElementById("receipt-count").textContent = `${sum.toLocaleString("en")} ${sum === 1 ? "request" : "requests"} to Copper`;
    const lines = [...groups.querySelectorAll("li")];
    for (const line of lines.slice(0, Math.max(0, lines.length - MOST))) {
      line.remove();
      dropped += 1;
    }
    const note = document.getElementById("receipt-dropped");
    note.hidden = !dropped;
    note.querySelector("span").textContent = dropped.toLocaleString("en");
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") dropped = 0; });
})();
