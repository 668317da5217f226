// A page that kept what was sent to it (kept.html): what was sent with the token of a former log-in goes once more with the new one.
(() => {
  let tried = null; // what was sent again, until it is answered
  let waits = null; // what is to be sent as soon as its refusal is done with

  window.kept = {
    // Whether what `elt` sent goes by itself once more, now that this page has refused it.
    sendsAgain: (page, elt) => {
      const form = page.querySelector('#kept[data-kept="form"]');
      const token = form && form.querySelector("input[name=csrfmiddlewaretoken]");
      if (!token || tried === elt) return false;
      for (const one of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) one.value = token.value;
      tried = waits = elt;
      return true;
    },
    // The link to the log-in page, where the session has ended.
    login: (page) => page.querySelector('#kept[data-kept="login"] #kept-login'),
  };
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt } = detail.requestConfig;
    if (elt === waits) {
      waits = null;
      setTimeout(() => htmx.trigger(elt, elt.matches("form") ? "submit" : "click"));
    } else if (elt === tried) tried = null;
  });
})();
