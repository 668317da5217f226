// The calendar beside a field for a time: the browser's own, which writes the day it is given into the field as text.
(() => {
  const field = (place) => document.getElementById(place.dataset.dayOf);
  document.addEventListener("click", (event) => {
    const place = event.target.closest("[data-pick-day]")?.closest("[data-day-of]");
    if (!place) return;
    const calendar = place.querySelector('input[type="date"]');
    [calendar.value] = field(place).value.match(/^\d{4}-\d\d-\d\d/) || [""];
    calendar.showPicker();
  });
  document.addEventListener("change", (event) => {
    const place = event.target.type === "date" && event.target.closest("[data-day-of]");
    if (!place || !event.target.value) return;
    const text = field(place);
    text.value = event.target.value;
    text.dispatchEvent(new Event("change", { bubbles: true })); // a range and a day exclude each other
    text.focus();
  });
})();
