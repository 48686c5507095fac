/**
 * What the page keeps on the device. Kept between visits: language, text size, and that the hint about the home screen was
 * answered. Kept until this tab closes: the draft.
 */

const VISIT = ["draft", "outbox", "start", "in", "locking"];

/** A visit is to one page: the demo has several phones in one tab, each with its own address. */
const visited = (name) => `hoert.${location.pathname}${name}`;

function attempt(action) {
  try {
    return action();
  } catch {
    return null; // Storage can be switched off; the page works without it.
  }
}

/** Language ("da"/"en"), text size ("normal"/"large"/"largest") or "hint", kept from earlier; or null. */
export function preference(name) {
  return attempt(() => localStorage.getItem(`hoert.${name}`));
}

export function rememberPreference(name, value) {
  attempt(() => localStorage.setItem(`hoert.${name}`, value));
}

/** A value of this visit, see VISIT, or null. */
export function visit(name) {
  return attempt(() => sessionStorage.getItem(visited(name)));
}

/** Keep a value until the tab closes; an empty one is removed. */
export function rememberVisit(name, value) {
  attempt(() => {
    if (value) sessionStorage.setItem(visited(name), value);
    else sessionStorage.removeItem(visited(name));
  });
}

/** Forget everything of this visit. */
export function forgetVisit() {
  for (const name of VISIT) rememberVisit(name, "");
}
