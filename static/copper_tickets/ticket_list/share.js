// The fixed link says what was seen: once the list has grown or new tickets were put on top, it is made anew when Share opens.
(() => {
  const MOST = 100; // tickets that a link tells apart
  const PATIENCE = 3000; // for as long Copy link waits; what comes later is in the link all the same
  let said = 0; // rows that the link at hand speaks of, from the top
  let first = "";

  const rows = () => [...document.querySelectorAll("#rows tr[data-ticket-id]")];
  const remember = () => {
    const seen = rows();
    [said, first] = [seen.length, seen[0]?.dataset.ticketId || ""];
  };
  const isWhole = () => !document.querySelector("#list [data-next], #list [rel=next], #list [data-silence], #rows .unreadable");

  // What is to be said beside "Copied": nothing, unless the link at hand says less than what is seen.
  const renew = (menu, link) => {
    const seen = rows();
    if (!seen.length || (seen.length === said && seen[0].dataset.ticketId === first)) return "";
    const older = (why) => `It says that you saw ${said === 1 ? "1 ticket" : `${said} tickets`}, not ${seen.length}: ${why} when it was to be made anew.`;
    return Promise.race([
      makeAnew(menu, link, seen, older),
      new Promise((done) => setTimeout(() => done(older("this dashboard did not answer")), PATIENCE)),
    ]);
  };
  const makeAnew = async (menu, link, seen, older) => {
    const wanted = link.wanted = {};
    const body = new FormData(menu.querySelector("form"));
    body.set("address", link.getAttribute("href"));
    for (const row of seen.slice(0, MOST)) body.append("id", row.dataset.ticketId);
    body.set("count", seen.length);
    body.set("down_to", seen.slice(0, MOST).at(-1).querySelector("time")?.getAttribute("datetime") || "");
    if (isWhole()) body.set("whole", "1");
    try {
      const answer = await fetch(menu.querySelector("form").action, { method: "POST", body });
      const href = await answer.text();
      if (link.wanted !== wanted) return ""; // it was opened again meanwhile: that one is the later
      if (answer.redirected) return older("you were no longer logged in");
      if (!answer.ok) return older("this dashboard did not answer as it should");
      link.href = new URL(href, location.href).href;
      [said, first] = [seen.length, seen[0].dataset.ticketId];
      link.made = "";
      return "";
    } catch {
      return older("this dashboard did not answer");
    }
  };

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    const link = document.getElementById("fixed-link");
    if (menu.id === "share" && menu.open) link.made = renew(menu, link);
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") remember(); });
  remember();
})();
