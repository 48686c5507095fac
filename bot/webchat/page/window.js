/** The window around the page: its address and its height. */
import { rememberVisit, visit } from "./storage.js";

/** Take an invitation, or a one-time way in, out of the address, so that it stays in no history and no screenshot. */
export function takeInvitation() {
  const found = /^#(start|in)=([\w-]+)$/.exec(location.hash);
  if (!found) return;
  rememberVisit(found[1], found[2]);
  history.replaceState(null, "", location.pathname + location.search);
}

/** A link was opened while the page was. */
export function onInvitation(use) {
  addEventListener("hashchange", () => {
    takeInvitation();
    if (visit("start") || visit("in")) use();
  });
}

/** On phones whose keyboard covers the page instead of shrinking it. A person who has zoomed in is left alone. */
export function fitAboveKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  view.addEventListener("resize", () => {
    const covered = view.scale === 1 && window.innerHeight - view.height > 1;
    document.documentElement.style.setProperty("--height", covered ? `${view.height}px` : "100dvh");
    if (covered) window.scrollTo(0, 0);
  });
}
