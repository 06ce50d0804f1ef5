// What pages do besides being read: "/" goes to the search, progress is asked for again. Everything works without it.
"use strict";
document.addEventListener("keydown", (pressed) => {
  const typing = pressed.target.closest("input, textarea, select");
  if (pressed.key !== "/" || typing || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
  const search = document.querySelector("[data-find]");
  if (!search) return;
  pressed.preventDefault();
  search.focus();
  search.select();
});

// A part with data-refresh="2" is fetched again every two seconds, until the page says no more that it should be.
const refresh = async () => {
  const part = document.querySelector("[data-refresh]");
  if (!part) return;
  await new Promise((awake) => setTimeout(awake, Number(part.dataset.refresh) * 1000));
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!answer.ok || answer.redirected || !fresh) return;
    part.replaceWith(document.adoptNode(fresh));
  } catch {
    // The network is away for a moment; the next look may succeed.
  }
  refresh();
};
refresh();
