// The filters of a page: what excludes each other, and times of one press.
(() => {
  const forms = "#filters, #lookup-form";
  const bounds = (form) => [...form.elements].filter((field) => field.name.startsWith("created["));

  // A range and times from and to exclude each other: choosing one clears the other.
  document.addEventListener("change", (event) => {
    const form = event.target.closest(forms);
    if (!form || !event.target.value) return;
    if (event.target.name === "range") bounds(form).forEach((field) => { field.value = ""; });
    if (bounds(form).includes(event.target)) form.elements.range.value = "";
  });

  // A time of one press takes with it what was typed and not sent yet. Without a script it is a link from the list as it is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#filters [data-preset]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const form = link.closest("form");
    const wanted = new URL(link.href).searchParams;
    for (const field of [form.elements.range, ...bounds(form)]) field.value = wanted.get(field.name) || "";
    form.requestSubmit();
  });
})();
