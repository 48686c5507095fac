/** Reading a message aloud with the device's own voice. One voice at a time. */
import { language } from "./language.js";

const LOCALES = { da: "da-DK", en: "en-GB" };
const LONGEST_PIECE = 180; // characters: some voices fall silent in the middle of longer ones
const WAIT_FOR_VOICES = 400; // milliseconds
const engine = window.speechSynthesis ?? null;

let speaking = null; // {id, done}

/** Whether this device can read aloud at all. */
export function canSpeak() {
  return engine !== null;
}

// A full stop before a small letter or a number ("3. august", "kl. 12") ends no sentence.
const SENTENCE = /(?:[^.!?\n]|[.!?](?=\S)|\.(?= (?:\p{Ll}|\d)))+[.!?]*\s*/gu;

/** Sentences, the long ones cut at spaces. */
export function pieces(text) {
  const sentences = text.match(SENTENCE) ?? [];
  const cut = sentences.flatMap((sentence) => sentence.match(new RegExp(`.{1,${LONGEST_PIECE}}(?:\\s|$)|\\S+`, "gs")) ?? []);
  return cut.map((piece) => piece.trim()).filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

async function voices() {
  const known = engine.getVoices();
  if (known.length > 0) return known;
  await new Promise((resolve) => {
    engine.addEventListener("voiceschanged", resolve, { once: true });
    setTimeout(resolve, WAIT_FOR_VOICES);
  });
  return engine.getVoices();
}

/** Stop at once. */
export function hush() {
  const before = speaking;
  speaking = null;
  engine?.cancel();
  before?.done();
}

/** Which message is being read, or null. */
export function nowReading() {
  return speaking?.id ?? null;
}

/**
 * Read `text`, first silencing anything else. `done` is called once when it has ended or been stopped.
 * Answers false when the device has voices but none for the language of the page.
 */
export async function read(id, text, done) {
  hush();
  const mine = { id, done };
  speaking = mine;
  const all = await voices();
  if (speaking !== mine) return true;
  const voice = all.find((one) => one.lang.toLowerCase().startsWith(language()));
  if (all.length > 0 && !voice) {
    hush();
    return false;
  }
  const parts = pieces(text);
  const ended = () => {
    if (speaking === mine) hush();
  };
  parts.forEach((piece, index) => {
    const utterance = new SpeechSynthesisUtterance(piece);
    utterance.lang = voice?.lang ?? LOCALES[language()];
    if (voice) utterance.voice = voice;
    utterance.rate = 0.95;
    utterance.addEventListener("error", ended);
    if (index === parts.length - 1) utterance.addEventListener("end", ended);
    engine.speak(utterance);
  });
  if (parts.length === 0) ended();
  return true;
}
