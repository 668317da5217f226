// Light or dark as the person chose in this browser, else as the system says. Runs before the first paint; without
// JavaScript what was chosen holds (the server writes it), and the system is not followed.
(() => {
  const root = document.documentElement;
  root.classList.add("js"); // what only works with it is hidden without it
  document.cookie = `scripts=on; path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`; // a search may then stop early
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (!("themeChosen" in root.dataset)) root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", follow);
  follow();

  // The switch works at once; the form that it stands in has the server remember it.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    const button = event.submitter;
    if (!form || !button) return;
    event.preventDefault();
    const { value } = button;
    if (value === "system") delete root.dataset.themeChosen;
    else root.dataset.themeChosen = "yes";
    if (value === "system") follow();
    else root.dataset.bsTheme = value;
    for (const one of document.querySelectorAll("[data-theme-form] button")) one.setAttribute("aria-pressed", one.value === value);
    const body = new FormData(form);
    body.set("theme", value);
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // it holds for this page all the same
  });
})();
