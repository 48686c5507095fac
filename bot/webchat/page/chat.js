/** The chat page: what happens when it opens, when something changes, and when the person does something. */
import * as api from "./api.js";
import { spokenText } from "./bubble.js";
import { Presses } from "./buttons.js";
import { commandName, helpCommand, written } from "./commands.js";
import { Composer } from "./composer.js";
import { openDevices } from "./devices.js";
import { byId, el } from "./dom.js";
import { Idle } from "./idle.js";
import { clearNotices, hasClockOffline, keepPush, moveOut, offerHomeScreen, openPush, settleIn } from "./install.js";
import { applyTexts, language, setLanguage, t } from "./language.js";
import { Live } from "./live.js";
import { openAttach, openPreview, prepared } from "./media.js";
import { Outbox } from "./outbox.js";
import { openRecorder } from "./recorder.js";
import * as screens from "./screens.js";
import { Scroller } from "./scroll.js";
import * as sheets from "./sheets.js";
import { clearSigns, showClosed, showConnection, showEmpty, showHeader, showJump, showTyping, hideTyping, toast } from "./signs.js";
import { hush, nowReading, read } from "./speech.js";
import { forgetVisit, preference, rememberPreference, rememberVisit, visit } from "./storage.js";
import { Thread } from "./thread.js";
import { fitAboveKeyboard, takeInvitation } from "./window.js";

const NEAR_TOP = 600; // pixels from the oldest message at which older ones are fetched
const ANNOUNCED = 5; // messages kept in the screen reader's ear
const NEUTRAL = new URL("neutral.html", import.meta.url);
const CHANNEL = "BroadcastChannel" in window ? new BroadcastChannel("hoert") : null;

const session = { commands: [], hasPin: false, pinNeeded: false, header: null, open: false, push: { key: null, on: false } };
const place = { cursor: undefined, more: false, unseen: 0, first: true, visit: 0, fetchingOlder: false, olderFailed: false };
let syncing = null;
let syncAgain = false;
const progress = new Map(); // id of a file on its way -> how far it has come, 0 to 1

const presses = new Presses(async (id, data, clientId) => {
  try {
    await api.press(id, data, clientId);
  } catch (error) {
    if (error.status !== 404) throw error; // The button is gone: what is there now is the answer.
  }
  await sync();
});
const thread = new Thread(byId("days"), { presses, tap, read: readAloud, enlarge: sheets.openPicture,
  retry: (id) => outbox.retry(id), discard: (id) => outbox.discard(id), progress: (id) => progress.get(id) ?? 0, late: () => session.open && draw(),
  commandName: (word) => commandName(session.commands, word) });
const scroller = new Scroller(byId("box"), byId("content"), moved);
const outbox = new Outbox({ deliver, changed: outboxChanged, refused: trouble });
const composer = new Composer(
  { form: byId("composer"), field: byId("text"), button: byId("send"), record: byId("record"), hint: byId("long") }, sendAll);
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
    if (visit("in")) return wayIn();
    await enter(await api.hello(preference("language") ?? undefined));
  } catch (error) {
    if (error.status === 401) signedOut();
    else if (error.status === 423) shut(error);
    else screens.showNoConnection(open);
  }
  return undefined;
}

/** Into a conversation that exists: by the link that was opened, or by a code from another device. */
function wayIn() {
  const token = visit("in");
  screens.showSignIn(Boolean(token), async (code, replace) => {
    try {
      await api.signIn(token ?? code, replace);
    } catch (error) {
      if (token && error.status === 404) rememberVisit("in", "");
      throw error;
    }
    rememberVisit("in", "");
    await open();
  }, () => {
    rememberVisit("in", "");
    open();
  });
}

/** The request to lock may have been lost when the page was left. A refusal means that there is nothing to lock. */
async function lockFirst() {
  try {
    await api.lock();
  } catch (error) {
    if (error.status === 0 || error.status >= 500) throw error;
  }
}

/** Use the invitation that was opened. A refused one is forgotten: the bot has said why in the chat. */
async function useInvitation() {
  try {
    await api.start(visit("start"), language());
  } catch (error) {
    if (error.status < 400 || error.status >= 500 || error.status === 429) throw error;
  }
  rememberVisit("start", "");
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
  screens.showWelcome(Boolean(visit("start")), { start: begin, have: wayIn, language: (value) => {
    chooseLanguage(value);
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

function announce(messages) {
  const ear = byId("ear");
  for (const message of messages) {
    ear.append(el("p", { dir: "auto", text: `${t("said", { who: t("them") })} ${spokenText(message)}` }));
  }
  while (ear.childNodes.length > ANNOUNCED) ear.firstChild.remove();
}

async function fetchOlder() {
  if (!place.more || place.fetchingOlder || place.first) return;
  place.fetchingOlder = true;
  place.olderFailed = false;
  const note = byId("older");
  note.textContent = `${t("older")} …`;
  try {
    const visit = place.visit;
    const answer = await api.messages({ before: thread.oldest });
    if (visit !== place.visit) return;
    place.more = answer.more;
    thread.merge(answer.messages);
    note.textContent = "";
    draw();
  } catch (error) {
    place.olderFailed = true;
    note.replaceChildren(`${t("olderFailed")} `,
      el("button", { type: "button", class: "plain", text: t("retry"), on: { click: fetchOlder } }));
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
  const answer = item.file ? await handIn(item, signal) : await api.send(item.text, item.id);
  if (!answer.message || !session.open) return;
  outbox.settle(item.id);
  absorb([answer.message], { matched: true });
}

async function handIn({ id, text, file }, signal) {
  const told = (part) => {
    progress.set(id, part);
    const bar = thread.node(id)?.querySelector("progress");
    if (bar) bar.value = part;
  };
  try {
    return await api.upload({ ...file.facts, client_id: id, text }, file.blob, told, signal);
  } finally {
    progress.delete(id);
  }
}

function sendFile(text, file) {
  outbox.add(text, file);
  scroller.toBottom();
}

async function look(chosen) {
  const file = await prepared(chosen);
  if (session.open) openPreview(file, sendFile);
}

function record() {
  openRecorder((file) => sendFile("", file));
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

function chooseLanguage(value) {
  setLanguage(value);
  rememberPreference("language", value);
  applyTexts();
  if (!session.open) return;
  thread.redraw();
  showHeader(session.header);
  composer.edited();
  api.hello(value).then((answer) => (session.commands = answer.commands ?? []), trouble);
}

function chooseSize(value) {
  document.documentElement.dataset.size = value;
  rememberPreference("size", value);
  composer.edited();
}

function menu() {
  sheets.openMenu(session.commands, session.hasPin, {
    help,
    command,
    pin: choosePin,
    devices: () => openDevices({ leave: signOut, trouble }),
    push: () => openPush(session.push, session.pinNeeded, (on) => {
      session.push = { ...session.push, on };
      toast(t(on ? "pushSaved" : "pushStopped"));
    }),
    size: () => sheets.openSize(preference("size") ?? "normal", chooseSize),
    language: () => sheets.openLanguage(chooseLanguage),
    about: sheets.openAbout,
  });
}

function choosePin() {
  sheets.openPin(session.hasPin, api.setPin, () => {
    session.hasPin = true;
    toast(t("pinSaved"));
  });
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
    if (thenPin) choosePin();
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
  screens.showSignedOut(words.join("\n\n"), begin, wayIn);
}

/** The person signs this device out: nothing of the page stays on it. */
async function signOut() {
  try {
    const { devices } = await api.devices();
    await api.endDevices({ id: devices.find((one) => one.here).id });
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
  byId("menu").addEventListener("click", menu);
  byId("attach").addEventListener("click", () => openAttach({ file: look, record }));
  byId("record").addEventListener("click", record);
  byId("text").addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    look(file);
  });
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
  addEventListener("hashchange", () => {
    takeInvitation();
    if (visit("start") || visit("in")) {
      if (session.open) putAway();
      open();
    }
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
