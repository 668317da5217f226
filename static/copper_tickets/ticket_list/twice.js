// Two tickets of one reference and place within minutes are marked by the server where they come in one answer. Those at the
// seam of two answers are told apart here, by what the server wrote on their rows (tickets_app/ticket_list/twice.py).
(() => {
  const mark = () => {
    const body = document.getElementById("rows");
    if (!body || !body.dataset.within) return;
    const seams = [...body.querySelectorAll("tr[data-seam]")].map((row) => {
      const [whose, at] = row.dataset.seam.split(" ");
      return { row, whose, at: Number(at) };
    });
    const before = new Map(); // the last one, by whose it is
    for (const seam of seams.sort((one, other) => one.at - other.at)) {
      const earlier = before.get(seam.whose);
      if (earlier && seam.at - earlier.at <= 1000 * body.dataset.within) [earlier.row, seam.row].forEach(put);
      before.set(seam.whose, seam);
    }
  };
  const put = (row) => {
    if (row.querySelector(".twice")) return;
    const link = row.querySelector("a");
    const word = document.getElementById("twice-mark").content.firstElementChild.cloneNode(true);
    word.href = `${link.getAttribute("href")}same/`;
    (row.querySelector(".new-mark") || link).after(" ", word);
  };
  // htmx tells of each row of an appended page; its control row is one.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "list" || event.target.matches("tr.control")) mark();
  });
  for (const name of ["arrivals:shown", "place:restored"]) document.addEventListener(name, mark);
})();
