// The chart of a list: open or closed as it was left, one stop for the keyboard, and its numbers where one points.
(() => {
  const YEAR = 365 * 24 * 3600;
  document.addEventListener("change", (event) => {
    if (event.target.id !== "chart-open") return;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `chart=${event.target.checked ? "open" : "closed"}; path=/; max-age=${YEAR}; SameSite=Lax${secure}`;
  });

  const say = (bar) => {
    const said = document.getElementById("bar-said");
    if (bar && said) said.textContent = bar.getAttribute("aria-label");
  };
  document.addEventListener("pointerover", (event) => say(event.target.closest(".bars .bar")));
  document.addEventListener("focusin", (event) => say(event.target.closest(".bars .bar")));
})();
