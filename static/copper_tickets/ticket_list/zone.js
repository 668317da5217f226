// Where this computer's clocks differ from the page's, one line asks which to use. It is shown before it is painted, so
// that nothing moves; a "no" is remembered for this computer's zone and the person's choice.
(() => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  const NAME = "zone_kept";
  const YEAR = 365 * 24 * 3600; // seconds
  const kept = (chosen) => `${NAME}=${encodeURIComponent(`${own}~${chosen}`)}`;
  const keep = (chosen) => {
    document.cookie = `${kept(chosen)}; path=/; max-age=${YEAR}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  };

  // What clocks of a zone show over two years, each half month: names differ (Calcutta, Kolkata) where clocks do not.
  const clocks = (zone) => {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return Array.from({ length: 49 }, (_, half) => format.format(Date.now() + (half - 24) * 15 * 24 * 3600e3)).join();
  };
  const same = (one, other) => {
    try {
      return clocks(one) === clocks(other);
    } catch { // a zone that this browser does not know
      return false;
    }
  };
  const wanted = () => {
    if (!own) return "";
    if (same(own, "UTC")) return "UTC";
    return own.includes("/") && !own.startsWith("Etc/") ? own : "";
  };
  // PST in American English, CET in British; an offset where neither has a name.
  const mark = (zone) => {
    const names = ["en-US", "en-GB"].map((language) => new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "short" })
      .formatToParts().find((part) => part.type === "timeZoneName").value);
    return (names.find((name) => !/\d/.test(name)) || names[0]).replace("GMT", "UTC").replace("-", "−");
  };

  const show = () => {
    const line = document.getElementById("zone-line");
    const zone = line && line.hidden ? wanted() : "";
    if (!zone || document.cookie.split("; ").includes(kept(line.dataset.chosen)) || same(zone, line.dataset.zone)) return;
    const city = zone.split("/").pop().replaceAll("_", " ");
    const place = mark(zone) === city ? city : `${city} (${mark(zone)})`;
    line.querySelector("[data-own-place]").textContent = place;
    line.querySelector("[data-own-city]").textContent = city;
    line.querySelector("[data-use-own]").value = zone;
    line.hidden = false;
  };

  const watcher = new MutationObserver(() => {
    if (!document.getElementById("zone-line")?.querySelector("[data-keep-zone]")) return;
    watcher.disconnect();
    show();
  });
  watcher.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => { watcher.disconnect(); show(); });
  document.addEventListener("htmx:afterSwap", show);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keep-zone]")) return;
    const line = document.getElementById("zone-line");
    keep(line.dataset.chosen);
    line.hidden = true;
    document.getElementById("main").focus({ preventScroll: true });
  });
  // Whoever chooses a zone here has answered.
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (target.method === "post" && (submitter?.name === "zone" || target.elements.zone)) {
      const chosen = submitter?.name === "zone" ? submitter.value : target.elements.zone.value;
      if (chosen !== undefined) keep(chosen);
    }
  });
})();
