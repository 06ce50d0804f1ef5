// What pages do besides being read: "/" goes to the search, work under way is followed. Everything works without it.
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
// An element with data-follow is fetched anew every two seconds, until the page has it without.
const follow = async () => {
  const shown = document.querySelector("[data-follow]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(shown.id);
    if (answer.ok && !found) return;
    if (answer.ok) shown.replaceWith(found);
  } catch (away) { /* asked again below */ }
  setTimeout(follow, 2000);
};
setTimeout(follow, 2000);
