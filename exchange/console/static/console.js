/* What is filled in on a page goes on to the same page in the other language. Without this, the page comes anew.
   It waits in this tab for the one page that follows, which takes it only if it is that page, and passwords are left
   out. */
"use strict";

const KEPT = "exchange.filled";
const fields = () => [...document.querySelectorAll("main :is(input, select, textarea):not([type=hidden], [type=password], [readonly])")];
const folds = () => [...document.querySelectorAll("main details")];
const chosen = (field) => ["checkbox", "radio"].includes(field.type);
const offered = (field) => (chosen(field) ? [field.value] : [...(field.options ?? [])].map((option) => option.value));
const names = () => fields().map((field) => [field.name, ...offered(field)]);
// By its attribute: a field of that name would stand in the way of the form's own.
const leadsTo = (other) => new URL(other.getAttribute("href") ?? other.form.getAttribute("action"), location).href;

function keep(to) {
  const values = fields().map((field) => (chosen(field) ? field.checked : field.value));
  sessionStorage.setItem(KEPT, JSON.stringify({ to, names: names(), values, open: folds().map((fold) => fold.open) }));
}

function fill(kept) {
  if (kept.to !== location.href) return; // the other language never came, and the same is asked of somebody else here
  if (JSON.stringify(kept.names) !== JSON.stringify(names())) return; // something else is asked now
  folds().forEach((fold, index) => { fold.open = kept.open[index]; });
  fields().forEach((field, index) => { field[chosen(field) ? "checked" : "value"] = kept.values[index]; });
}

const kept = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
if (kept) fill(JSON.parse(kept));

for (const other of document.querySelectorAll(".tools [lang]")) {
  other.addEventListener("click", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) keep(leadsTo(other));
  });
}
