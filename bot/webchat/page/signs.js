/** The signs around the conversation: who answers, typing, new messages below, the connection, and short notices. */
import { spokenText } from "./bubble.js";
import { byId, el } from "./dom.js";
import { initials } from "./format.js";
import { t } from "./language.js";
import { danger } from "./sheets.js";

const ANNOUNCED = 5; // messages kept in the screen reader's ear
const TYPING_SHOWN = 6000; // milliseconds
const TOAST_SHOWN = 6000;
const BACK_ONLINE_SHOWN = 2500;
const timers = { typing: 0, toast: 0, banner: 0 };

/** Who answers and by when; before anyone does, the name of the chat. */
export function showHeader(header) {
  byId("title").textContent = header?.title || t("app");
  byId("subtitle").textContent = header?.subtitle ?? "";
  byId("avatar").textContent = header?.title ? initials(header.title) : "";
  byId("head").classList.toggle("named", Boolean(header?.title));
}

/** Dots for as long as something is under way, and a few seconds at most without a new sign of it. */
export function showTyping(scroller) {
  clearTimeout(timers.typing);
  scroller.keep(() => (byId("typing").hidden = false));
  timers.typing = setTimeout(() => hideTyping(scroller), TYPING_SHOWN);
}

export function hideTyping(scroller) {
  clearTimeout(timers.typing);
  if (!byId("typing").hidden) scroller.keep(() => (byId("typing").hidden = true));
}

/** The way down: how many new messages wait there. */
export function showJump(atBottom, count) {
  const button = byId("jump");
  const words = count === 0 ? "" : count === 1 ? t("oneNew") : t("manyNew", { count });
  button.hidden = atBottom;
  button.classList.toggle("news", count > 0);
  button.setAttribute("aria-label", words || t("jump"));
  byId("jump-text").textContent = words;
}

/** A short word at the bottom, read politely by a screen reader. */
export function toast(text) {
  clearTimeout(timers.toast);
  byId("toast").textContent = text;
  timers.toast = setTimeout(() => (byId("toast").textContent = ""), TOAST_SHOWN);
}

/** Say how the connection is. Answers whether it has just come back. */
export function showConnection(state, inChat) {
  const banner = byId("banner");
  clearTimeout(timers.banner);
  banner.dataset.state = state;
  if (state === "offline") banner.replaceChildren(el("p", { text: t("offline") }), danger());
  if (state === "reconnecting") banner.replaceChildren(el("p", { text: t("reconnecting") }));
  if (state !== "online") return false;
  const returned = inChat && banner.hasChildNodes();
  banner.replaceChildren(...(returned ? [el("p", { text: t("online") })] : []));
  if (returned) timers.banner = setTimeout(() => banner.replaceChildren(), BACK_ONLINE_SHOWN);
  return returned;
}

/** Messages are closed by the person's own wish; one press opens them again. */
export function showClosed(onOpen) {
  const open = el("button", { type: "button", class: "plain", text: t("reopen"), on: { click: onOpen } });
  byId("banner").dataset.state = "closed";
  byId("banner").replaceChildren(el("p", { text: t("closed") }), open);
}

/** Nothing said yet: the first few things one can do. */
export function showEmpty(commands, choose) {
  const chips = commands.slice(0, 4).map((one) =>
    el("button", { type: "button", class: "answer", text: one.description, on: { click: () => choose(one) } }));
  byId("empty-choices").replaceChildren(...chips);
}

/** Let a screen reader hear of new messages, politely. */
export function announce(messages) {
  const ear = byId("ear");
  for (const message of messages) {
    ear.append(el("p", { dir: "auto", text: `${t("said", { who: t("them") })} ${spokenText(message)}` }));
  }
  while (ear.childNodes.length > ANNOUNCED) ear.firstChild.remove();
}

/** How it goes with older messages: "fetching", "failed" with a way to try `again`, or "" when they are here. */
export function showOlder(state, again) {
  const retry = el("button", { type: "button", class: "plain", text: t("retry"), on: { click: () => again() } });
  if (state === "failed") byId("older").replaceChildren(`${t("olderFailed")} `, retry);
  else byId("older").textContent = state && `${t("older")} …`;
}

/** Take every sign off the screen. */
export function clearSigns() {
  for (const timer of Object.values(timers)) clearTimeout(timer);
  for (const id of ["ear", "toast", "banner", "older", "title", "subtitle", "avatar", "jump-text", "tip"]) byId(id).textContent = "";
  for (const id of ["jump", "typing", "tip"]) byId(id).hidden = true;
}
