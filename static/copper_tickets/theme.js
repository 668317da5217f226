// Light or dark as the system says. Runs before the first paint; without JavaScript the page is light.
(() => {
  document.documentElement.classList.add("js"); // what only works with it is hidden without it
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", follow);
  follow();
})();
