// A page that says what went wrong (error.html, away.html) takes the place of nothing: it stands above what is on the screen,
// until something comes again. Its "Try again" asks once more for what did not come, and nothing that was shown or typed goes.
(() => {
  const OWN = "#panel, #lookup-form, #lookup-go-on, #lookup-further, [data-note-form]"; // say it in a place of their own
  const shown = () => document.getElementById("failure");
  const within = (xhr) => {
    if (xhr.status < 400 || !xhr.responseText.includes('id="failure"')) return null;
    return new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("failure");
  };
  const sentences = (part) => [...part.querySelectorAll(".failure h1, .failure > p")].map((one) => one.textContent.trim());
  const heading = (part) => part.querySelector("h1").textContent;
  const joined = (words) => words.join(". ").replaceAll("..", ".");
  window.failures = { within, sentences, joined };

  let asked = null; // the element whose answer it was, and what was pressed in it
  // Before all others, who do nothing where nothing is swapped.
  window.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt, triggeringEvent } = detail.requestConfig;
    const failure = elt.matches(OWN) ? null : within(detail.xhr);
    const before = shown();
    const isSame = failure && before && heading(before) === heading(failure); // is told once, also to what asks each second
    if (!failure) {
      // Another list, or what was asked for again. What else is answered meanwhile says nothing of it.
      if (before && (elt === asked.elt || !asked.elt.isConnected || detail.target.id === "list")) before.remove();
      return;
    }
    detail.shouldSwap = false; // nor does its address become the page's
    if (!isSame) {
      if (before) before.remove();
      asked = { elt, submitter: triggeringEvent && triggeringEvent.submitter };
      document.getElementById("main").prepend(failure);
    }
    document.dispatchEvent(new CustomEvent("failure:shown", { detail: { target: detail.target } }));
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#failure [data-again]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!asked || !asked.elt.isConnected) return; // then it is a link
    event.preventDefault();
    shown().remove();
    document.getElementById("main").focus({ preventScroll: true });
    const { elt, submitter } = asked;
    if (elt.matches("form")) elt.requestSubmit(submitter && submitter.isConnected ? submitter : null);
    else htmx.trigger(elt, "click");
  });
})();
