// Copy buttons: the exact value (data-copy holds it as JSON, so that no character is lost), and a word that it was done.
(() => {
  // Said where the eye is, too, until the button is left and something else was pressed: before that what is beside it would
  // move from under the pointer that presses it.
  const say = (button, words, done) => {
    const live = document.getElementById("live");
    if (live) live.textContent = words;
    button.dataset.said = words;
    button.classList.toggle("refused", !done);
    const end = () => delete button.dataset.said;
    const left = () => { for (const name of ["click", "keyup"]) document.addEventListener(name, end, { once: true, capture: true }); };
    button.addEventListener("blur", left, { once: true });
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-line]");
    if (!button) return;
    button.focus({ preventScroll: true }); // Safari gives it none, and what has no focus is never left
    const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    try {
      const more = (source && await source.made) || ""; // a link that is being made anew (ticket_list/share.js)
      const line = "copyLine" in button.dataset && button.closest("li").querySelector("code");
      await navigator.clipboard.writeText(line ? line.textContent : source ? ("copyHref" in source.dataset ? source.href : source.textContent) : JSON.parse(button.dataset.copy));
      say(button, more ? `Copied. ${more}` : "Copied", true);
    } catch {
      say(button, "The browser did not allow copying. Select the text and copy it by hand.", false);
    }
  });
  // navigator.clipboard exists only on https and on this machine: no button where it cannot work.
  if (!navigator.clipboard) document.documentElement.classList.add("no-clipboard");
})();
