/** The calm full screens before and around the chat: welcome, signed out, locked, no connection. */
import { byId, el, icon } from "./dom.js";
import { t } from "./language.js";
import { complain, danger, languageChoice, pinChoice, pinField, quickClose } from "./sheets.js";

function mark() {
  return el("div", { class: "mark" }, icon("mark"));
}

function show(name, ...children) {
  const screen = byId("screen");
  screen.className = `screen ${name}`;
  screen.replaceChildren(
    el("div", { class: "screen-top" }, quickClose()),
    el("div", { class: "card" }, ...children),
    el("div", { class: "screen-foot" }, danger()),
  );
  screen.hidden = false;
  byId("chat").hidden = true;
  return screen;
}

/** Put the full screen away and bring the chat forward. */
export function showChat() {
  byId("screen").hidden = true;
  byId("screen").replaceChildren();
  byId("chat").hidden = false;
}

/** Work with a form once at a time: the button says what is going on, a failure is told and can be tried again. */
function submitting(form, button, words, work) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    const before = button.textContent;
    button.setAttribute("aria-busy", "true");
    button.textContent = t(words);
    try {
      await work();
    } finally {
      button.removeAttribute("aria-busy");
      button.textContent = before;
    }
  });
}

function codeField(label = "code", hint = "codeHint") {
  return el(
    "div",
    { class: "field" },
    el("label", { for: "code", text: t(label) }),
    el("p", { class: "soft", id: "code-hint", text: t(hint) }),
    el("input", {
      id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 64,
      dir: "ltr", "aria-describedby": "code-hint",
    }),
  );
}

function refusal(error) {
  return t(error.status === 429 ? "tooMany" : "startFailed");
}

function startForm(invited, onStart) {
  const field = invited ? null : codeField();
  const button = el("button", { type: "submit", class: "primary", text: t("start") });
  const form = el("form", { class: "stack", novalidate: true }, field, el("p", { class: "error", role: "alert" }), button);
  const input = field?.querySelector("input");
  submitting(form, button, "starting", async () => {
    const code = (input?.value ?? "").replace(/\s/g, "");
    if (!/^[\w-]*$/.test(code)) return complain(form, input, t("codeWrong"));
    try {
      await onStart(code);
    } catch (error) {
      form.querySelector(".error").textContent = refusal(error);
    }
  });
  return form;
}

/** The way in for who has a conversation on another device. */
function already(onHave) {
  return el("button", { type: "button", class: "plain", text: t("haveChat"), on: { click: onHave } });
}

/** First visit. `invited`: an invitation link was opened, so no code is asked for. `on`: start(code), language, have. */
export function showWelcome(invited, on) {
  const points = ["welcomeOne", "welcomeTwo", "welcomeThree"].map((key) => el("li", { text: t(key) }));
  show(
    "welcome",
    mark(),
    el("h1", { text: t("welcomeTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t("welcomeLead") }),
    el("ul", { class: "points" }, ...points),
    languageChoice(on.language),
    startForm(invited, on.start),
    already(on.have),
  );
}

/** Why a one-time way in did not open anything. */
function notIn(error) {
  if (error.status === 404) return t("signInOver");
  return refusal(error);
}

/**
 * Into a conversation that exists. `waiting`: a link was opened, and is used only after a press, so that no program that
 * looks at links uses it up; otherwise a code is asked for. `onSignIn(token or null, replace)` may throw ApiError.
 */
export function showSignIn(waiting, onSignIn, onBack) {
  const field = waiting ? null : codeField("deviceCode", "deviceCodeHint");
  const input = field?.querySelector("input");
  const button = el("button", { type: "submit", class: "primary", text: t("signIn") });
  const form = el("form", { class: "stack", novalidate: true }, field, el("p", { class: "error", role: "alert" }), button);
  const attempt = async (replace) => {
    const code = (input?.value ?? "").trim();
    if (input && !/^[\w\s-]{8,20}$/.test(code)) return complain(form, input, t("deviceCodeWrong"));
    try {
      await onSignIn(input ? code : null, replace);
    } catch (error) {
      if (error.code === "other_chat") showOtherChat(() => onSignIn(input ? code : null, true), onBack);
      else form.querySelector(".error").textContent = notIn(error);
    }
    return undefined;
  };
  submitting(form, button, "starting", () => attempt(false));
  const back = el("button", { type: "button", class: "plain", text: t("back"), on: { click: onBack } });
  const screen = show("way-in", mark(), el("h1", { text: t("signInTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t(waiting ? "signInLead" : "deviceCodeLead") }),
    el("p", { class: "soft", text: t("signInOwn") }), form, back);
  (input ?? screen.querySelector("h1")).focus();
}

/** This device is in another conversation: nothing changes before the person has said so. */
function showOtherChat(onReplace, onBack) {
  const button = el("button", { type: "submit", class: "primary", text: t("otherChatGo") });
  const form = el("form", { class: "stack" }, el("p", { class: "error", role: "alert" }), button);
  submitting(form, button, "starting", async () => {
    try {
      await onReplace();
    } catch (error) {
      form.querySelector(".error").textContent = notIn(error);
    }
  });
  const stay = el("button", { type: "button", class: "second", text: t("otherChatStay"), on: { click: onBack } });
  form.append(stay);
  show("way-in", mark(), el("h1", { text: t("otherChatTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t("otherChatText") }), form).querySelector("h1").focus();
}

/** The conversation is shown only to a device with a PIN. `onSave(pin)` may throw ApiError. */
export function showChoosePin(onSave) {
  show("choosing", el("div", { class: "mark" }, icon("lock")), el("h1", { text: t("pinChoose"), tabindex: "-1" }),
    el("p", { class: "lead", text: t("pinNeeded") }), pinChoice(onSave)).querySelector("input").focus();
}

/** The session is over. What was being written is still here, to be copied or taken along. */
export function showSignedOut(draft, onStart, onHave) {
  const children = [
    mark(),
    el("h1", { text: t("overTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t("overText") }),
  ];
  if (draft) {
    const text = el("textarea", { id: "kept", readonly: true, rows: 3, dir: "auto" });
    text.value = draft;
    const told = el("p", { class: "soft", role: "status" });
    const copy = el("button", { type: "button", class: "second", text: t("copy") });
    copy.addEventListener("click", async () => {
      text.select();
      try {
        await navigator.clipboard.writeText(draft);
        told.textContent = t("copied");
      } catch {
        told.textContent = t("copyFailed");
      }
    });
    children.push(el("div", { class: "field" }, el("label", { for: "kept", text: t("overDraft") }), text, copy, told));
  }
  show("over", ...children, startForm(false, onStart), already(onHave)).querySelector("h1").focus();
}

function pinForm(pinNeeded, onUnlock) {
  const field = pinField("pin", t("pinLabel"));
  const input = field.querySelector("input");
  const button = el("button", { type: "submit", class: "primary", text: t("open") });
  const form = el("form", { class: "stack", novalidate: true }, field, el("p", { class: "error", role: "alert" }), button,
    el("p", { class: "soft", text: t(pinNeeded ? "pinForgottenNeeded" : "pinForgotten") }));
  submitting(form, button, "open", async () => {
    try {
      await onUnlock(input.value, false);
    } catch (error) {
      if (error.status === 429) complain(form, input, t("tooMany"));
      else if (error.status === 0 || error.status >= 500) complain(form, input, t("startFailed"));
      else complain(form, input, t("pinWrong"));
      input.value = "";
    }
  });
  return form;
}

function openForm(onUnlock) {
  const button = el("button", { type: "submit", class: "primary", text: t("open") });
  const choose = el("button", { type: "button", class: "second", text: t("openAndChoose") });
  const form = el("form", { class: "stack" }, el("p", { class: "error", role: "alert" }), button, choose,
    el("p", { class: "soft", text: t("choosePinWhy") }));
  const attempt = async (thenPin) => {
    try {
      await onUnlock(null, thenPin);
    } catch (error) {
      // A PIN may have been chosen on another device since.
      if (error.status >= 400 && error.status < 500 && error.status !== 429) showLock(true, false, onUnlock);
      else form.querySelector(".error").textContent = refusal(error);
    }
  };
  submitting(form, button, "open", () => attempt(false));
  choose.addEventListener("click", () => attempt(true));
  return form;
}

/** Locked: nothing of the conversation is on the screen. `onUnlock(pin | null, thenChoosePin)` may throw ApiError. */
export function showLock(hasPin, pinNeeded, onUnlock) {
  const screen = show(
    "locked",
    el("div", { class: "mark" }, icon("lock")),
    el("h1", { text: t("lockTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t("lockText") }),
    hasPin ? pinForm(pinNeeded, onUnlock) : openForm(onUnlock),
  );
  (screen.querySelector("input") ?? screen.querySelector("h1")).focus();
}

/** No answer from the server at all. */
export function showNoConnection(onRetry) {
  const button = el("button", { type: "submit", class: "primary", text: t("retry") });
  const form = el("form", { class: "stack" }, button);
  submitting(form, button, "retry", onRetry);
  show("failed", mark(), el("h1", { text: t("failTitle"), tabindex: "-1" }),
    el("p", { class: "lead", text: t(navigator.onLine ? "failText" : "offline") }), form);
}

/** While the first answer is on its way. Words come only if it takes long. */
export function showWaiting() {
  const screen = show("waiting", mark(), el("p", { class: "lead", role: "status" }));
  const words = screen.querySelector("[role=status]");
  setTimeout(() => (words.textContent = `${t("loading")} …`), 700);
  setTimeout(() => (words.textContent = t("slow")), 6000);
}
