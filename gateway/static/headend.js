// What pages do besides being read: "/" goes to the search. Everything works without it.
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
