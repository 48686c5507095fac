/** The chat page: what happens when it opens, when something changes, and when the person does something. */
import * as api from "./api.js";
import { spokenText } from "./bubble.js";
import { Presses } from "./buttons.js";
import { commandName, helpCommand, written } from "./commands.js";
import { Composer } from "./composer.js";
import { endThisDevice } from "./devices.js";
import { byId } from "./dom.js";
import { lockFirst, useInvitation, wayIn } from "./entry.js";
import { Idle } from "./idle.js";
import { clearNotices, hasClockOffline, keepPush, moveOut, offerHomeScreen, settleIn } from "./install.js";
import { applyTexts, language, setLanguage, t } from "./language.js";
import { Live } from "./live.js";
import { handIn, listenForFiles, progress } from "./media.js";
import { Outbox } from "./outbox.js";
import * as screens from "./screens.js";
import { Scroller } from "./scroll.js";
import * as sheets from "./sheets.js";
import { announce, clearSigns, showClosed, showConnection, showEmpty, showHeader, showJump, showOlder, showTyping, hideTyping, toast } from "./signs.js";
import { Settings } from "./settings.js";
import { hush, nowReading, read } from "./speech.js";
import { forgetVisit, preference, rememberPreference, rememberVisit, visit } from "./storage.js";
import { Thread } from "./thread.js";
import { fitAboveKeyboard, onInvitation, takeInvitation } from "./window.js";

const NEAR_TOP = 600; // pixels from the oldest message at which older ones are fetched
const NEUTRAL = new URL("neutral.html", import.meta.url);
const CHANNEL = "BroadcastChannel" in window ? new BroadcastChannel("hoert") : null;

const session = { commands: [], hasPin: false, pinNeeded: false, header: null, open: false, push: { key: null, on: false } };
const place = { cursor: undefined, more: false, unseen: 0, first: true, visit: 0, fetchingOlder: false, olderFailed: false };
let syncing = null;
let syncAgain = false;

const presses = new Presses(async (id, data, clientId) => {
  try {
    await api.press(id, data, clientId);
  } catch (error) {
    if (error.status !== 404) throw error; // The button is gone: what is there now is the answer.
  }
  await sync();
});
const thread = new Thread(byId("days"), { presses, tap, read: readAloud, enlarge: sheets.openPicture,
  retry: (id) => outbox.retry(id), discard: (id) => outbox.discard(id), progress, late: () => session.open && draw(),
  commandName: (word) => commandName(session.commands, word) });
const scroller = new Scroller(byId("box"), byId("content"), moved);
const outbox = new Outbox({ deliver, changed: outboxChanged, refused: trouble });
const composer = new Composer(
  { form: byId("composer"), field: byId("text"), button: byId("send"), record: byId("record"), hint: byId("long") }, sendAll);
const settings = new Settings({ session, trouble, redraw: () => {
  thread.redraw();
  showHeader(session.header);
  composer.edited();
} });
const idle = new Idle({ lock: leftAlone, here: () => api.here().catch(trouble) });
const live = new Live({
  change: () => sync().catch(trouble),
  quiet: () => session.push.on,
  typing: () => showTyping(scroller),
  notice: ({ text, alert }) => text && (alert ? sheets.openNotice(text) : toast(text)),
  header: setHeader,
  state: (state) => showConnection(state, session.open) && outbox.retry(),
});

// --- opening -------------------------------------------------------------------------------------------------------

async function open() {
  screens.showWaiting();
  try {
    if (visit("locking")) await lockFirst();
    rememberVisit("locking", "");
    if (visit("in")) return wayIn(open);
    await enter(await api.hello(preference("language") ?? undefined));
  } catch (error) {
    if (error.status === 401) signedOut();
    else if (error.status === 423) shut(error);
    else screens.showNoConnection(open);
  }
  return undefined;
}

async function enter(answer) {
  session.hasPin = answer.has_pin === true;
  session.pinNeeded = answer.pin_needed === true;
  session.commands = answer.commands ?? [];
  if (answer.locked) return locked(session.hasPin);
  if (answer.needs_pin) return firstPin();
  if (answer.new) return welcome();
  if (!preference("language")) setLanguage(answer.me.language);
  if (visit("start")) await useInvitation();
  await showConversation(answer);
}

function welcome() {
  screens.showWelcome(Boolean(visit("start")), { start: begin, have: () => wayIn(open), language: (value) => {
    settings.chooseLanguage(value);
    welcome();
    byId("screen").querySelector("input:checked").focus();
  } });
}

async function begin(code) {
  await api.start(code || visit("start") || "", language());
  rememberVisit("start", "");
  await open();
}

async function showConversation(answer) {
  applyTexts();
  screens.showChat();
  setHeader(answer.header);
  session.open = true;
  if (session.pinNeeded) idle.start();
  byId("skeleton").hidden = thread.size > 0;
  composer.restore();
  const kept = JSON.parse(visit("outbox") ?? "[]");
  if (kept.length && outbox.items.length === 0) outbox.restore(kept);
  await sync();
  scroller.toBottom();
  live.start();
  outbox.retry();
  composer.focusAtDesk();
  if (answer.blocked) showClosed(reopen);
  session.push = answer.push ?? session.push;
  session.push = { ...session.push, on: await keepPush(session.push) };
  clearNotices().catch(() => undefined);
  offerHomeScreen();
}

// --- staying up to date --------------------------------------------------------------------------------------------

/** Ask for what has changed. Calls that come while one is running are answered by one more. */
function sync() {
  if (syncing) {
    syncAgain = true;
    return syncing;
  }
  syncing = (async () => {
    try {
      do {
        syncAgain = false;
        const visit = place.visit;
        const answer = await api.messages(place.first ? {} : { after: place.cursor });
        if (visit === place.visit && session.open) take(answer);
      } while (syncAgain);
    } finally {
      syncing = null;
    }
  })();
  return syncing;
}

function take(answer) {
  if (answer.cursor < place.cursor) { // Another conversation than before: the server began anew.
    thread.wipe();
    place.first = true;
  }
  const opening = place.first;
  if (opening) place.more = answer.more;
  else if (answer.more) syncAgain = true;
  place.first = false;
  place.cursor = answer.cursor;
  absorb(answer.messages, { opening });
}

/** Show messages. `opening`: the first page, no news; `matched`: already known to be the one just sent. */
function absorb(messages, { opening = false, matched = false }) {
  const oldest = thread.oldest;
  const relevant = opening || oldest === undefined ? messages : messages.filter((one) => one.id >= oldest);
  const { added, changed } = thread.merge(relevant);
  const wasThere = scroller.pinned;
  for (const message of added) if (message.from === "me" && !matched) outbox.arrived(message);
  for (const { before, message } of changed) {
    const asked = JSON.stringify(before.buttons) !== JSON.stringify(message.buttons);
    if (asked && before.text !== message.text) presses.shield(message.id);
  }
  keepOutbox();
  draw();
  const news = opening ? [] : added.filter((one) => one.from === "bot" && !one.deleted);
  if (news.length) arrived(news, wasThere);
  const reworded = changed.filter(({ before, message }) => message.from === "bot" && before.text !== message.text);
  announce([...news, ...reworded.map(({ message }) => message)]);
}

function arrived(news, wasThere) {
  hideTyping(scroller);
  if (wasThere) {
    scroller.toStartOf(thread.node(news[0].id));
    return;
  }
  place.unseen += news.filter((one) => !one.silent).length;
  showJump(false, place.unseen);
}

function draw() {
  const latest = thread.latest;
  thread.waiting = outbox.shown.map((one) => ({ ...one, date: Math.max(one.date, latest) }));
  scroller.keep(() => thread.draw());
  byId("skeleton").hidden = true;
  byId("beginning").hidden = place.more || thread.size === 0;
  const empty = !place.first && thread.size === 0;
  byId("empty").hidden = !empty;
  if (empty) showEmpty(session.commands, command);
}

function setHeader(header) {
  session.header = header;
  showHeader(header);
}

async function fetchOlder() {
  if (!place.more || place.fetchingOlder || place.first) return;
  place.fetchingOlder = true;
  place.olderFailed = false;
  showOlder("fetching");
  try {
    const visit = place.visit;
    const answer = await api.messages({ before: thread.oldest });
    if (visit !== place.visit) return;
    place.more = answer.more;
    thread.merge(answer.messages);
    showOlder("");
    draw();
  } catch (error) {
    place.olderFailed = true;
    showOlder("failed", fetchOlder);
    trouble(error);
  } finally {
    place.fetchingOlder = false;
  }
}

function moved(atBottom) {
  if (atBottom) place.unseen = 0;
  showJump(atBottom, place.unseen);
  if (byId("box").scrollTop < NEAR_TOP && session.open && !place.olderFailed) fetchOlder();
}

// --- what the person does ------------------------------------------------------------------------------------------

function sendAll(texts) {
  for (const text of texts) outbox.add(text);
  scroller.toBottom();
}

async function deliver(item, signal) {
  const answer = item.file ? await handIn(item, signal, thread) : await api.send(item.text, item.id);
  if (!answer.message || !session.open) return;
  outbox.settle(item.id);
  absorb([answer.message], { matched: true });
}

function sendFile(text, file) {
  outbox.add(text, file);
  scroller.toBottom();
}

function command(one) {
  sendAll([written(one)]);
}

function help() {
  command(helpCommand(session.commands));
}

function outboxChanged() {
  keepOutbox();
  if (!session.open) return;
  draw();
  if (outbox.shown.some((one) => one.state === "sent")) sync().catch(trouble);
}

function keepOutbox() {
  const words = outbox.unsentWords;
  rememberVisit("outbox", words.length ? JSON.stringify(words) : "");
}

async function tap(id, data, node) {
  if (live.state === "offline") return toast(t("pressFailed"));
  const pressing = presses.tap(id, data);
  if (presses.isFlying(id, data)) node.classList.add("busy");
  try {
    if (await pressing) thread.refresh(id);
  } catch (error) {
    thread.refresh(id);
    if (!trouble(error)) toast(t(error.status === 429 ? "busy" : "pressFailed"));
  }
}

async function readAloud(id) {
  if (nowReading() === id) return hush();
  const message = thread.get(id);
  const spoken = read(id, spokenText(message), () => thread.refresh(id));
  thread.refresh(id);
  if (!(await spoken)) toast(t("noVoice"));
}

// --- leaving, locking, signing out ---------------------------------------------------------------------------------

function putAway() {
  session.open = false;
  idle.stop();
  session.header = null;
  live.stop();
  hush();
  sheets.closeSheets();
  thread.wipe();
  place.visit += 1; // Answers still on their way belong to a visit that is over.
  Object.assign(place, { cursor: undefined, more: false, unseen: 0, first: true, olderFailed: false });
  clearSigns();
}

/** Leave at once: nothing of the conversation stays on the screen or in this tab, and the server locks. */
function closeQuickly() {
  const locking = api.lock();
  CHANNEL?.postMessage("locked");
  putAway();
  outbox.clear();
  composer.clear();
  byId("screen").replaceChildren();
  byId("app").hidden = true;
  forgetVisit();
  rememberVisit("locking", "yes"); // In case the network swallowed the request: the next visit locks first.
  locking.then(() => rememberVisit("locking", "")).catch(() => undefined);
  // Offline and without a clock kept on the phone, the browser's error page would give the address away.
  location.replace(navigator.onLine || hasClockOffline() ? NEUTRAL : "about:blank");
}

/** Cover everything. Unsent words stay in memory only, and come back after unlocking. */
function locked(hasPin) {
  const text = composer.text;
  const unsent = outbox.unsent;
  outbox.clear();
  putAway();
  composer.clear();
  rememberVisit("outbox", "");
  screens.showLock(hasPin, session.pinNeeded, async (pin, thenPin) => {
    try {
      await api.unlock(pin ?? undefined);
    } catch (error) {
      if (error.status === 401 && !error.code.includes("pin")) return signedOut();
      throw error;
    }
    composer.field.value = text;
    outbox.restore(unsent);
    await open();
    if (thenPin) settings.choosePin();
  });
}

/** Closed to this device: locked, or before it has the PIN that this conversation asks for. */
function shut(error) {
  if (error.code !== "needs_pin") return locked(session.hasPin);
  session.pinNeeded = true;
  return firstPin();
}

function firstPin() {
  putAway();
  screens.showChoosePin(async (pin) => {
    await api.setPin(pin);
    session.hasPin = true;
    await open();
  });
}

/** Nobody has touched the page for a while. */
function leftAlone() {
  api.lock().catch(() => rememberVisit("locking", "yes"));
  CHANNEL?.postMessage("locked");
  locked(session.hasPin);
}

function signedOut() {
  const words = [...outbox.unsent.map((one) => one.text), composer.text || visit("draft") || ""].filter(Boolean);
  putAway();
  screens.showSignedOut(words.join("\n\n"), begin, () => wayIn(open));
}

/** The person signs this device out: nothing of the page stays on it. */
async function signOut() {
  try {
    await endThisDevice();
  } catch (error) {
    if (!trouble(error)) toast(t("startFailed"));
    return;
  }
  outbox.clear();
  composer.clear();
  forgetVisit();
  CHANNEL?.postMessage("locked");
  signedOut();
  await moveOut();
}

/** What a failure means for the whole page. Answers whether it was dealt with here. */
function trouble(error) {
  if (!session.open) return true;
  if (error.status === 401) signedOut();
  else if (error.status === 423) shut(error);
  else if (error.code === "blocked") showClosed(reopen);
  else return false;
  return true;
}

/** The person closed the chat for the bot, and wants to write after all. */
async function reopen() {
  try {
    await api.unblock();
    byId("banner").replaceChildren();
    outbox.retry();
  } catch (error) {
    if (!trouble(error)) toast(t("startFailed"));
  }
}

// --- the page itself -----------------------------------------------------------------------------------------------

function listen() {
  byId("help").addEventListener("click", help);
  byId("menu").addEventListener("click", () => settings.openMenu({ help, command, leave: signOut }));
  listenForFiles({ send: sendFile, isOpen: () => session.open });
  document.addEventListener("hint", () => session.open && offerHomeScreen());
  addEventListener("beforeunload", (event) => outbox.unsent.some((one) => one.file) && event.preventDefault());
  byId("jump").addEventListener("click", () => {
    scroller.toBottom();
    byId("box").focus({ preventScroll: true });
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    composer.field.focus();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-close-quickly]") && closeQuickly());
  onInvitation(() => {
    if (session.open) putAway();
    open();
  });
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  CHANNEL?.addEventListener("message", () => session.open && locked(session.hasPin));
}

setLanguage(preference("language") ?? (navigator.language.startsWith("en") ? "en" : "da"));
document.documentElement.dataset.size = preference("size") ?? "normal";
applyTexts();
takeInvitation();
listen();
fitAboveKeyboard();
settleIn();
open();
