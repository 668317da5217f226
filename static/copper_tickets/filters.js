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

  // What is typed while another list is under way stays: that list brings the field as it was sent.
  let typed = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const field = document.activeElement;
    typed = null;
    if (!detail.shouldSwap || detail.target.id !== "list" || !field.matches("#filters input:not([type=checkbox], [type=radio])")) return;
    const { formData } = detail.requestConfig;
    const sent = formData && formData.has(field.name) ? formData.get(field.name) : field.defaultValue;
    if (field.value !== sent) typed = { id: field.id, value: field.value, at: [field.selectionStart, field.selectionEnd] };
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const field = typed && target.id === "list" && document.getElementById(typed.id);
    if (!field) return;
    field.value = typed.value;
    field.focus({ preventScroll: true });
    field.setSelectionRange(...typed.at);
    typed = null;
  });

  // On a phone what was pressed is in the sheet of filters, which has closed: the button that opens it takes its place.
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    const fold = document.querySelector(".bar-fold");
    const isOurs = target.id === "list" && detail.requestConfig && detail.requestConfig.elt.id === "filters";
    if (isOurs && document.activeElement === document.body && fold && fold.checkVisibility()) fold.focus({ preventScroll: true });
  });

  // Another zone may have been chosen in another tab: the times that stand here are meant in the one that they were read in.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.id === "filters") detail.parameters.typed_in = detail.elt.dataset.zone;
  });

  // A time of one press takes with it what was typed and not sent yet. Without a script it is a link from the list as it is.
  // A bar of the chart is one as well, where something was typed.
  const isTyped = (form) => [...form.elements].some((field) => field.matches("input[type=text], input[type=search]") && field.value !== field.defaultValue);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#filters [data-preset], #histogram .bar, #histogram th a");
    const form = document.getElementById("filters");
    if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!link.matches("[data-preset]") && !isTyped(form)) return;
    event.preventDefault();
    event.stopPropagation(); // nor does htmx follow it
    const wanted = new URL(link.getAttribute("href"), location.href).searchParams;
    for (const field of times(form)) field.value = wanted.get(field.name) || "";
    form.requestSubmit();
  }, true);
})();
