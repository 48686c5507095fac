/** Language of the page's own sentences: `t` looks one up, `applyTexts` fills the marked elements of the page. */
import { TEXTS } from "./texts.js";

const LANGUAGES = ["da", "en"];
let current = "da";

/** The language in use: "da" or "en". */
export function language() {
  return current;
}

/** Choose the language; anything unknown becomes Danish. */
export function setLanguage(wanted) {
  const short = String(wanted ?? "").slice(0, 2).toLowerCase();
  current = LANGUAGES.includes(short) ? short : "da";
  document.documentElement.lang = current;
}

/** The sentence called `key` in the language in use, with {names} filled in from `values`. */
export function t(key, values = {}) {
  return TEXTS[key][current].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Fill every element marked data-t (text), data-t-label (accessible name) or data-t-placeholder. */
export function applyTexts(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-placeholder]")) {
    node.setAttribute("placeholder", t(node.dataset.tPlaceholder));
  }
}
