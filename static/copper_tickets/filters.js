// The filters of a page: what excludes each other, and times of one press.
(() => {
  const forms = "#filters, #lookup-form";
  const kinds = [(name) => name === "range", (name) => name === "business_day", (name) => name.startsWith("created[")];
  const times = (form) => [...form.elements].filter((field) => kinds.some((kind) => kind(field.name)));

  // A range, a store's business day, and times from and to exclude each other: choosing one clears the others.
  document.addEventListener("change", (event) => {
    const form = event.target.closest(forms);
    if (!form || !event.target.value) return;
    const chosen = kinds.find((kind) => kind(event.target.name));
    if (chosen) times(form).filter((field) => !chosen(field.name)).forEach((field) => { field.value = ""; });
  });

  // A time of one press takes with it what was typed and not sent yet. Without a script it is a link from the list as it is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#filters [data-preset]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const form = link.closest("form");
    const wanted = new URL(link.href).searchParams;
    for (const field of times(form)) field.value = wanted.get(field.name) || "";
    form.requestSubmit();
  });
})();
