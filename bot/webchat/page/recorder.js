/** Recording a voice message: press or hold, listen, then send it or throw it away. */
import { el, icon } from "./dom.js";
import { spell } from "./format.js";
import { t } from "./language.js";
import { sheet } from "./sheets.js";

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST = 300; // seconds
const HELD = 500; // milliseconds after which letting go of the button ends the recording

/** What may go wrong before a recording: no microphone here, or none allowed. */
function refusal(error) {
  return t(error?.name === "NotAllowedError" || error?.name === "SecurityError" ? "micRefused" : "micMissing");
}

async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia || !("MediaRecorder" in window)) throw new Error("missing");
  return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
}

class Recording {
  constructor(stream) {
    const mime = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.stream = stream;
    this.pieces = [];
    this.recorder = new MediaRecorder(stream, mime ? { mimeType: mime, audioBitsPerSecond: 32_000 } : {});
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.recorder.start();
    this.began = performance.now();
  }

  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  /** End it; the file as the outbox takes it. */
  async end() {
    const { seconds } = this;
    const ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await ended;
    this.letGo();
    const mime = this.recorder.mimeType || "audio/webm";
    const blob = new Blob(this.pieces, { type: mime });
    const name = `lyd.${mime.includes("mp4") ? "m4a" : mime.includes("ogg") ? "ogg" : "webm"}`;
    return { blob, facts: { kind: "voice", name, mime, size: blob.size, seconds: Math.max(1, Math.round(seconds)) } };
  }

  /** The microphone is off, and its light with it. */
  letGo() {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** `onSend(file)`. Closing the sheet in any way throws away what was not sent, and turns the microphone off. */
export function openRecorder(onSend) {
  let recording = null;
  let clock = 0;
  let address = "";
  let open = true;
  let pressedAt = 0;
  const body = el("div", { class: "recorder" });
  const dialog = sheet(t("record"), body);

  function show(...children) {
    body.replaceChildren(...children);
    body.querySelector("button")?.focus();
  }

  function ready(words = "") {
    const button = el("button", { type: "button", class: "big" }, icon("mic"), el("span", { text: t("recordStart") }));
    button.addEventListener("pointerdown", () => {
      pressedAt = performance.now();
      begin();
    });
    button.addEventListener("click", (event) => event.detail === 0 && begin()); // by keyboard or screen reader
    show(el("p", { class: "soft", text: t("recordHow") }), button, el("p", { class: "error", role: "alert", text: words }));
  }

  async function begin() {
    if (recording) return;
    recording = "asking";
    try {
      const stream = await microphone();
      recording = new Recording(stream);
      if (!open) return recording.letGo();
    } catch (error) {
      recording = null;
      if (open) ready(refusal(error));
      return undefined;
    }
    const time = el("p", { class: "time", role: "timer", text: spell(0) });
    const stop = el("button", { type: "button", class: "big on" }, icon("stop"), el("span", { text: t("recordStop") }));
    stop.addEventListener("click", end);
    show(el("p", { role: "status", text: t("recording") }), time, stop);
    clock = setInterval(() => {
      time.textContent = spell(recording.seconds);
      if (recording.seconds >= LONGEST) end();
    }, 250);
    return undefined;
  }

  async function end() {
    clearInterval(clock);
    if (!(recording instanceof Recording)) return;
    const done = recording;
    recording = null;
    const file = await done.end();
    if (open) listen(file);
  }

  function listen(file) {
    address = URL.createObjectURL(file.blob);
    const send = el("button", { type: "button", class: "primary", text: t("send") });
    const again = el("button", { type: "button", class: "second", text: t("recordAgain") });
    const discard = el("button", { type: "button", class: "plain", text: t("recordDiscard") });
    send.addEventListener("click", () => {
      dialog.close();
      onSend(file);
    });
    again.addEventListener("click", () => ready());
    discard.addEventListener("click", () => dialog.close());
    show(el("p", { text: t("recordListen", { time: spell(file.facts.seconds) }) }),
      el("audio", { class: "player", controls: true, src: address, "aria-label": t("yourRecording") }), send, again, discard);
  }

  addEventListener("pointerup", letGo);
  function letGo() {
    if (pressedAt && performance.now() - pressedAt > HELD) end();
    pressedAt = 0;
  }

  dialog.addEventListener("close", () => {
    open = false;
    clearInterval(clock);
    removeEventListener("pointerup", letGo);
    if (recording instanceof Recording) recording.letGo();
    if (address) URL.revokeObjectURL(address);
  });
  ready();
}
