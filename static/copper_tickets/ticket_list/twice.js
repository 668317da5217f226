// Two tickets of one reference and place within minutes are marked by the server where they come in one answer. Those at the
// seam of two answers are told apart here, by what the server wrote on their rows (tickets_app/ticket_list/twice.py).
(() => {
  const mark = () => {
    const body = document.getElementById("rows");
    if (!body || !body.dataset.within) return;
    const before = new Map(); // the last row seen, by whose it is
    const seconds = (row) => Number(row.dataset.seam.split(" ")[1]);
    const rows = [...body.querySelectorAll("tr[data-seam]")].sort((one, other) => seconds(one) - seconds(other));
    for (const row of rows) {
      const [whose] = row.dataset.seam.split(" ");
      const earlier = before.get(whose);
      if (earlier && seconds(row) - seconds(earlier) <= Number(body.dataset.within)) [earlier, row].forEach(put);
      before.set(whose, row);
    }
  };
  const put = (row) => {
    if (row.querySelector(".twice")) return;
    const link = row.querySelector("a");
    const word = document.getElementById("twice-mark").content.firstElementChild.cloneNode(true);
    word.href = `${link.getAttribute("href")}same/`;
    (row.querySelector(".new-mark") || link).after(" ", word);
  };
  for (const name of ["htmx:afterSettle", "arrivals:shown", "place:restored"]) document.addEventListener(name, mark);
})();
