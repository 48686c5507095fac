/** The server's few questions and answers. Every failure is an ApiError; status 0 means that no answer came. */

import { freshId } from "./dom.js";

const BASE = new URL("../", import.meta.url);
const PATIENCE = 20_000; // milliseconds

export class ApiError extends Error {
  constructor(status, code, wait = 0) {
    super(code);
    this.status = status;
    this.code = code;
    this.wait = wait; // seconds to hold back, from Retry-After
  }
}

/** An address given by the server, made absolute; null unless it is on this server. */
export function ownAddress(address) {
  const url = new URL(address, BASE);
  return url.origin === BASE.origin ? url.href : null;
}

async function failure(response) {
  let code = "error";
  try {
    code = (await response.json()).error ?? code;
  } catch {
    code = "error"; // A proxy's own page: the status says enough.
  }
  return new ApiError(response.status, code, Number(response.headers.get("Retry-After")) || 0);
}

async function call(method, path, body, keepalive = false) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE);
  const request = { method, credentials: "same-origin", cache: "no-store", signal: stop.signal, keepalive };
  if (method === "POST") {
    request.headers = { "Content-Type": "application/json", "X-Hoert": "1" };
    request.body = JSON.stringify(body ?? {});
  }
  try {
    const response = await fetch(new URL(`api/${path}`, BASE), request);
    if (!response.ok) throw await failure(response);
    const text = await response.text();
    return text.startsWith("{") ? JSON.parse(text) : {};
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, "unreachable");
  } finally {
    clearTimeout(clock);
  }
}

export const hello = (language) => call("POST", "hello", language ? { language } : {});
export const start = (payload, language) =>
  call("POST", "start", { ...(payload ? { payload } : {}), language, client_id: freshId() });
/** Open a chat that exists, with a one-time link or code. `replace`: also when this device is in another one. */
export const signIn = (token, replace) => call("POST", "signin", { token, replace });
export const devices = () => call("GET", "devices");
export const deviceCode = () => call("POST", "devices/code", { address: BASE.href });
export const endDevices = (which) => call("POST", "devices/end", which);
export const here = () => call("POST", "here");
export const pushTo = (endpoint) => call("POST", "push", { endpoint });
export const send = (text, clientId) => call("POST", "messages", { text, client_id: clientId });
export const press = (messageId, data, clientId) =>
  call("POST", "presses", { message_id: messageId, data, client_id: clientId });
export const unlock = (pin) => call("POST", "unlock", pin ? { pin } : {});
export const unblock = () => call("POST", "block", { blocked: false });
export const setPin = (pin) => call("POST", "pin", { pin });

/**
 * Send a file. `facts`: client_id, kind, name, mime, text, seconds, width, height. `onProgress` gets 0 to 1;
 * `signal` cancels. Only XMLHttpRequest tells how far it has come.
 */
export function upload(facts, blob, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("facts", JSON.stringify(facts));
    form.append("file", blob, "file");
    const request = new XMLHttpRequest();
    request.open("POST", new URL("api/uploads", BASE));
    request.setRequestHeader("X-Hoert", "1");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = {}; // A proxy's own page: the status says enough.
      }
      if (request.status === 200) return resolve(answer);
      reject(new ApiError(request.status, answer.error ?? "error", Number(request.getResponseHeader("Retry-After")) || 0));
    });
    for (const name of ["error", "timeout"]) request.addEventListener(name, () => reject(new ApiError(0, "unreachable")));
    request.addEventListener("abort", () => reject(new ApiError(0, "cancelled")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** Lock on the server. Survives leaving the page, which follows at once. */
export const lock = () => call("POST", "lock", {}, true);

/** Messages changed after a cursor, or a page before a message, or the newest page. */
export function messages({ after, before, limit = 40 } = {}) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (after !== undefined) query.set("after", String(after));
  if (before !== undefined) query.set("before", String(before));
  return call("GET", `messages?${query}`);
}

/** The stream that says when to ask again. */
export function events() {
  return new EventSource(new URL("api/events", BASE));
}
