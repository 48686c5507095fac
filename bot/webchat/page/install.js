/** The page as something on the phone: its service worker, the home screen, and a sign when there is something. */
import * as api from "./api.js";
import { byId, el, icon } from "./dom.js";
import { t } from "./language.js";
import { sheet } from "./sheets.js";
import { preference, rememberPreference } from "./storage.js";

const ROOT = new URL("../", import.meta.url);
let asking = null; // the browser's offer to put the page on the home screen

function worker() {
  return window.isSecureContext && window.top === window ? navigator.serviceWorker : undefined;
}

/** Start the service worker, which shows a page with phone numbers when there is no network. The chat works without it. */
export async function settleIn() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asking = event;
    document.dispatchEvent(new Event("hint"));
  });
  try {
    await worker()?.register(new URL("sw.js", ROOT), { scope: ROOT.pathname, updateViaCache: "none" });
  } catch {
    return; // Private windows and old phones have none.
  }
}

/** Whether leaving quickly can show the clock also without a network. */
export function hasClockOffline() {
  return Boolean(worker()?.controller);
}

async function registration() {
  return (await worker()?.getRegistration(ROOT)) ?? null;
}

/** Take away every notice that is still shown: the person has seen what there is. */
export async function clearNotices() {
  const shown = (await (await registration())?.getNotifications?.()) ?? [];
  for (const notice of shown) notice.close();
}

/** Leave nothing of the page on this device. */
export async function moveOut() {
  try {
    const mine = await registration();
    await (await mine?.pushManager?.getSubscription())?.unsubscribe();
    await mine?.unregister();
    for (const name of await caches.keys()) if (name.startsWith("hoert-")) await caches.delete(name);
  } catch {
    return; // What the browser never had cannot be taken away.
  }
}

// --- the home screen -----------------------------------------------------------------------------------------------

function onIphone() {
  return navigator.standalone === false && /iphone|ipad/i.test(navigator.userAgent);
}

/** Offer the home screen once, where the browser can; never again after any answer. */
export function offerHomeScreen() {
  const tip = byId("tip");
  if (preference("hint") || !tip.hidden || (!asking && !onIphone())) return;
  const answered = () => {
    rememberPreference("hint", "seen");
    tip.hidden = true;
    tip.replaceChildren();
  };
  const yes = el("button", { type: "button", class: "plain", text: t("homeYes") });
  yes.addEventListener("click", () => {
    answered();
    asking.prompt();
    asking = null;
  });
  const no = el("button", { type: "button", class: "plain", text: t(asking ? "homeNo" : "ok"), on: { click: answered } });
  tip.replaceChildren(el("p", { text: t(asking ? "homeOffer" : "homeIphone") }), ...(asking ? [yes, no] : [no]));
  tip.hidden = false;
}

// --- a sign when there is something --------------------------------------------------------------------------------

/** Whether this device can be told at all. */
export function canPush(key) {
  return Boolean(key && worker() && "PushManager" in window && "Notification" in window);
}

function bytes(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (one) => one.charCodeAt(0));
}

async function subscribe(key) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await api.pushTo(subscription.endpoint);
}

/** A device that was told before, and has a new session since, is told on. */
export async function keepPush(push) {
  try {
    if (push.on || !canPush(push.key) || Notification.permission !== "granted") return push.on;
    if (!(await (await registration())?.pushManager.getSubscription())) return false;
    await subscribe(push.key);
    return true;
  } catch {
    return false;
  }
}

/** "Få besked": said in words first, asked of the browser only after a press. `changed(on)`. */
export function openPush(push, discreet, changed) {
  const told = el("p", { class: "error", role: "alert" });
  const button = el("button", { type: "button", class: push.on ? "second" : "primary", text: t(push.on ? "pushOff" : "pushOn") });
  const words = canPush(push.key) ? [
    el("p", { text: t(push.on ? "pushIsOn" : "pushWhy") }),
    el("p", { class: "quoted" }, icon("bell"), el("span", { text: t(discreet ? "pushWordsDiscreet" : "pushWords") })),
    el("p", { class: "soft", text: t("pushSilent") }), told, button,
  ] : [el("p", { text: t(onIphone() ? "pushIphone" : "pushNot") })];
  const dialog = sheet(t("push"), ...words);
  button.addEventListener("click", async () => {
    told.textContent = "";
    button.setAttribute("aria-busy", "true");
    try {
      if (push.on) {
        await (await (await registration())?.pushManager.getSubscription())?.unsubscribe();
        await api.pushTo(null);
      } else {
        if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
        await subscribe(push.key);
      }
      dialog.close();
      changed(!push.on);
    } catch (error) {
      told.textContent = t(error.message === "refused" ? "pushRefused" : "startFailed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
