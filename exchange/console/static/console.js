/* What is filled in on a page goes on to the same page in the other language. Without this, the page comes anew.
   It waits in this tab for the one page that follows, whichever that is, and passwords are left out. */
"use strict";

const KEPT = "exchange.filled";
const fields = () => [...document.querySelectorAll("main :is(input, select, textarea):not([type=hidden], [type=password], [readonly])")];
const folds = () => [...document.querySelectorAll("main details")];
const chosen = (field) => ["checkbox", "radio"].includes(field.type);
const names = () => fields().map((field) => [field.name, chosen(field) ? field.value : ""].join("="));

function keep() {
  const values = fields().map((field) => (chosen(field) ? field.checked : field.value));
  sessionStorage.setItem(KEPT, JSON.stringify({ names: names(), values, open: folds().map((fold) => fold.open) }));
}

function fill(kept) {
  if (JSON.stringify(kept.names) !== JSON.stringify(names())) return; // not the same page, or it asks something else now
  folds().forEach((fold, index) => { fold.open = kept.open[index]; });
  fields().forEach((field, index) => { field[chosen(field) ? "checked" : "value"] = kept.values[index]; });
}

const kept = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
if (kept) fill(JSON.parse(kept));

for (const other of document.querySelectorAll(".tools [lang]")) {
  other.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) keep(); });
}
