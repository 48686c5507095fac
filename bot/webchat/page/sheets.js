/** What slides up over the chat: the menu, the PIN, text size, about, notices and large pictures. */
import { helpCommand } from "./commands.js";
import { el, icon } from "./dom.js";
import { language, t } from "./language.js";

/** The button that leaves at once; the page listens for it everywhere. */
export function quickClose() {
  return el("button", { type: "button", class: "leave", data: { closeQuickly: "" } }, icon("leave"),
    el("span", { text: t("closeQuickly") }));
}

let sheets = 0; // opened so far: one may lie on another, and each is called by its own heading

/** Open a sheet with a heading. Answers the dialog; it removes itself when closed. */
export function sheet(title, ...children) {
  sheets += 1;
  const back = el("button", { type: "button", class: "plain back" }, icon("back"), el("span", { text: t("back") }));
  const dialog = el(
    "dialog",
    { class: "sheet", "aria-labelledby": `sheet-title-${sheets}` },
    el("div", { class: "sheet-head" }, back, quickClose()),
    el("div", { class: "sheet-body" }, el("h2", { id: `sheet-title-${sheets}`, text: title }), ...children),
  );
  back.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Close every open sheet. */
export function closeSheets() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

function item(name, words, onChoose, dialog, extra = "") {
  const button = el("button", { type: "button", class: `item ${extra}` }, icon(name), el("span", { class: "words", text: words }));
  button.addEventListener("click", () => {
    dialog().close();
    onChoose();
  });
  return el("li", {}, button);
}

/** The menu: the bot's commands first, the page's own settings after. `on`: help, command, devices, push, pin, size, … */
export function openMenu(commands, hasPin, on) {
  let dialog = null;
  const get = () => dialog;
  const others = commands.filter((one) => one !== helpCommand(commands));
  const list = [
    item("help", t("helpNow"), on.help, get, "first"),
    ...others.map((one) => item("go", one.description, () => on.command(one), get)),
  ];
  dialog = sheet(
    t("menu"),
    el("ul", { class: "items" }, ...list),
    el("h3", { text: t("thisPage") }),
    el(
      "ul",
      { class: "items" },
      item("bell", t("push"), on.push, get),
      item("devices", t("devices"), on.devices, get),
      item("lock", t(hasPin ? "pinChange" : "pinChoose"), on.pin, get),
      item("size", t("size"), on.size, get),
      item("globe", t("language"), on.language, get),
      item("about", t("about"), on.about, get),
    ),
  );
  return dialog;
}

/** A labelled field for a PIN, kept out of password managers' and keyboards' memory. */
export function pinField(id, label) {
  return el(
    "div",
    { class: "field" },
    el("label", { for: id, text: label }),
    el("input", { id, type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 8, dir: "ltr" }),
  );
}

/** Show an error under a form's field, and tell the field about it. */
export function complain(form, input, words) {
  const place = form.querySelector(".error");
  place.textContent = words;
  input.setAttribute("aria-invalid", "true");
  input.focus();
}

/** Choosing a PIN: two fields and a button. `save(pin)` is asynchronous; a refusal is told in the form. */
export function pinChoice(save) {
  const first = pinField("pin-new", t("pinNew"));
  const second = pinField("pin-again", t("pinAgain"));
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    el("p", { text: t("choosePinWhy") }),
    el("p", { class: "soft", text: t("pinRule") }),
    first,
    second,
    el("p", { class: "error", role: "alert" }),
    el("button", { type: "submit", class: "primary", text: t("pinSave") }),
  );
  const [one, two] = form.querySelectorAll("input");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!/^\d{4,8}$/.test(one.value)) return complain(form, one, t("pinShort"));
    if (one.value !== two.value) return complain(form, two, t("pinDifferent"));
    try {
      await save(one.value);
    } catch {
      complain(form, one, t("startFailed"));
    }
    return undefined;
  });
  return form;
}

/** Choose or change the PIN. */
export function openPin(hasPin, save, saved) {
  const form = pinChoice(async (pin) => {
    await save(pin);
    dialog.close();
    saved();
  });
  const dialog = sheet(t(hasPin ? "pinChange" : "pinChoose"), form);
  form.querySelector("input").focus();
}

function choices(name, options, chosen, onChoose) {
  const rows = options.map(([value, words, lang]) => {
    const input = el("input", { type: "radio", name, value });
    input.checked = value === chosen;
    input.addEventListener("change", () => onChoose(value));
    return el("label", { class: `choice ${name}-${value}` }, input, el("span", { text: words, lang }));
  });
  return el("fieldset", { class: "choices" }, ...rows);
}

/** The language switch: two radio buttons, each in its own language. */
export function languageChoice(onChoose) {
  const set = choices("language", [["da", t("danish"), "da"], ["en", t("english"), "en"]], language(), onChoose);
  set.classList.add("side");
  set.prepend(el("legend", { class: "unseen", text: t("language") }));
  return set;
}

export function openLanguage(onChoose) {
  const dialog = sheet(t("language"), languageChoice((value) => {
    dialog.close();
    onChoose(value);
  }));
}

export function openSize(chosen, onChoose) {
  const options = [["normal", t("sizeNormal")], ["large", t("sizeLarge")], ["largest", t("sizeLargest")]];
  const set = choices("size", options, chosen, onChoose);
  set.prepend(el("legend", { class: "unseen", text: t("size") }));
  sheet(t("size"), set);
}

export function openAbout() {
  const words = ["aboutWho", "aboutNight", "aboutTicks", "aboutClose", "aboutFiles", "aboutStored"].map((key) => el("p", { text: t(key) }));
  sheet(t("about"), ...words, danger());
}

/** "If you are in danger, call 112", with the number to press. */
export function danger() {
  const [before, after] = t("danger", { number: "\u0000" }).split("\u0000");
  return el("p", { class: "danger" }, before, el("a", { href: "tel:112", class: "call", text: "112" }), after);
}

/** A notice from the bot that must be seen before going on. */
export function openNotice(text) {
  const ok = el("button", { type: "button", class: "primary", text: t("ok") });
  const dialog = el("dialog", { class: "notice", "aria-labelledby": "notice-text" },
    el("p", { id: "notice-text", dir: "auto", text }), el("div", { class: "notice-foot" }, quickClose(), ok));
  ok.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A picture as large as the window allows. */
export function openPicture(address, name) {
  const dialog = sheet(name, el("img", { src: address, alt: name }));
  dialog.classList.add("large-picture");
}
