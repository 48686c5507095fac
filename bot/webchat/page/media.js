/** Choosing a file to send, and looking at it before it goes. */
import * as api from "./api.js";
import { byId, el, icon } from "./dom.js";
import { fileName } from "./bubble.js";
import { fileSize, fileType } from "./format.js";
import { t } from "./language.js";
import { openRecorder } from "./recorder.js";
import { sheet } from "./sheets.js";

export const LARGEST = 20 * 1024 * 1024; // bytes; what the server takes
const LONGEST_SIDE = 2048; // pixels of a photo as it is sent
const QUALITY = 0.86;
const PATIENCE = 3000; // milliseconds to find out how long a film is
const CAPTION = 1024; // code points

/**
 * A photo as it is sent: smaller, and without where and when it was taken, which cameras write into the file.
 * What this browser cannot open is sent as it is, as a file.
 */
async function photo(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = el("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    const name = `${file.name.replace(/\.\w+$/, "") || "foto"}.jpg`;
    return { blob, kind: "photo", name, mime: "image/jpeg", width: canvas.width, height: canvas.height };
  } catch {
    return { blob: file, kind: "file", name: file.name, mime: file.type };
  }
}

/** How long a sound or a film is, and how large its picture. */
async function played(file) {
  const node = el(file.type.startsWith("video/") ? "video" : "audio", { preload: "metadata" });
  const address = URL.createObjectURL(file);
  await new Promise((resolve) => {
    for (const name of ["loadedmetadata", "error"]) node.addEventListener(name, resolve);
    setTimeout(resolve, PATIENCE);
    node.src = address;
  });
  URL.revokeObjectURL(address);
  const seconds = Number.isFinite(node.duration) ? Math.round(node.duration) : 0;
  return { blob: file, kind: "file", name: file.name, mime: file.type, seconds, width: node.videoWidth ?? 0, height: node.videoHeight ?? 0 };
}

/** A chosen file as the outbox takes it: {blob, facts, address?}. */
async function prepared(file) {
  let found = { blob: file, kind: "file", name: file.name, mime: file.type };
  if (/^image\/(?!gif|svg)/.test(file.type)) found = await photo(file);
  else if (/^(audio|video)\//.test(file.type)) found = await played(file);
  const { blob, ...facts } = found;
  const address = facts.kind === "photo" ? URL.createObjectURL(blob) : undefined;
  return { blob, facts: { ...facts, size: blob.size }, address };
}

const underway = new Map(); // id of a file on its way -> how far it has come, 0 to 1

/** How far a file has come, 0 to 1. */
export function progress(id) {
  return underway.get(id) ?? 0;
}

/** Send a file of the outbox, and show on its bubble how far it has come. */
export async function handIn({ id, text, file }, signal, thread) {
  const told = (part) => {
    underway.set(id, part);
    const bar = thread.node(id)?.querySelector("progress");
    if (bar) bar.value = part;
  };
  try {
    return await api.upload({ ...file.facts, client_id: id, text }, file.blob, told, signal);
  } finally {
    underway.delete(id);
  }
}

/** Look at a file before it is sent, with room for some words. `onSend(text, file)`. */
function openPreview(file, onSend) {
  const tooBig = file.blob.size > LARGEST;
  const text = el("textarea", { id: "caption", rows: 2, dir: "auto", maxlength: CAPTION });
  const shown = file.address
    ? el("img", { class: "preview", src: file.address, alt: t("yourPicture") })
    : el("div", { class: "file" }, icon("file"), el("span", { class: "words" },
      el("span", { class: "name", dir: "auto", text: fileName(file.facts) })));
  const about = el("p", { class: "soft", text: `${fileType(file.facts)} · ${fileSize(file.blob.size)}` });
  const form = el("form", { class: "stack" }, shown, about,
    file.address ? el("p", { class: "soft", text: t("photoSmaller") }) : null,
    tooBig ? el("p", { class: "error", role: "alert", text: t("tooBig") })
      : el("div", { class: "field" }, el("label", { for: "caption", text: t("caption") }), text),
    tooBig ? null : el("button", { type: "submit", class: "primary", text: t("send") }));
  const dialog = sheet(t("sendThis"), form);
  let sent = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sent = true;
    dialog.close();
    onSend(text.value.trim(), file);
  });
  dialog.addEventListener("close", () => !sent && file.address && URL.revokeObjectURL(file.address));
  form.querySelector(".primary")?.focus();
}

function picker(name, words, hint, accept, onFile) {
  const input = el("input", { type: "file", accept, hidden: true });
  const button = el("button", { type: "button", class: "item" }, icon(name),
    el("span", { class: "words" }, el("span", { text: words }), el("span", { class: "soft", text: hint })));
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => input.files[0] && onFile(input.files[0]));
  return el("li", {}, button, input);
}

/** What can be sent besides words. `on`: file(file), record(). */
function openAttach(on) {
  const choose = (file) => {
    dialog.close();
    on.file(file);
  };
  const record = el("button", { type: "button", class: "item" }, icon("mic"), el("span", { class: "words", text: t("record") }));
  const dialog = sheet(t("attach"), el("ul", { class: "items" },
    picker("photo", t("attachPhoto"), t("attachPhotoHint"), "image/*", choose),
    picker("file", t("attachFile"), t("attachFileHint"), null, choose),
    el("li", {}, record)));
  record.addEventListener("click", () => {
    dialog.close();
    on.record();
  });
}

/** The ways to a file: the two buttons, and pasting. `on`: send(text, file), isOpen(). */
export function listenForFiles(on) {
  const record = () => openRecorder((file) => on.send("", file));
  const look = async (chosen) => {
    const file = await prepared(chosen);
    if (on.isOpen()) openPreview(file, on.send);
  };
  byId("attach").addEventListener("click", () => openAttach({ file: look, record }));
  byId("record").addEventListener("click", record);
  byId("text").addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    look(file);
  });
}
