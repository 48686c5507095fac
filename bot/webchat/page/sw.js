/**
 * The page's service worker: a page with phone numbers when there is no network, and a sign when there is something.
 * It keeps only the files below; never a message, a name or a picture. `VERSION` changes with any file of the page.
 */
const VERSION = "{version}";
const SHELL = `hoert-shell-${VERSION}`;
const OFFLINE = "offline.html";
const FILES = [OFFLINE, "page/offline.css", "page/offline.js", "page/icon.svg", "page/icon-192.png",
  "page/neutral.html", "page/neutral.css", "page/neutral.js", "page/neutral.svg"];
const PATIENCE = 3000; // milliseconds to ask in which words
const WORDS = {
  da: ["Der er noget til dig i Hørt", "Der er noget til dig"],
  en: ["There is something for you in Hørt", "There is something for you"],
};

const here = (path) => new URL(path, self.registration.scope).href;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((path) => new Request(here(path), { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("hoert-shell-") && name !== SHELL) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function kept(path) {
  return (await (await caches.open(SHELL)).match(here(path))) ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const file = FILES.find((path) => here(path) === request.url.split(/[?#]/)[0]);
  if (file) event.respondWith(fetch(request).catch(() => kept(file)));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
});

/** In which words. Without an answer, in those that say least. */
async function sign() {
  try {
    const answer = await fetch(here("api/sign"), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return await answer.json();
  } catch {
    return { discreet: true, language: self.navigator.language };
  }
  return { discreet: true, language: self.navigator.language };
}

async function tell() {
  const { discreet, language } = await sign();
  const words = WORDS[language.startsWith("en") ? "en" : "da"][discreet ? 1 : 0];
  const looks = discreet ? {} : { icon: here("page/icon-192.png") };
  await self.registration.showNotification(words, { ...looks, tag: "hoert", lang: language.slice(0, 2) });
}

self.addEventListener("push", (event) => event.waitUntil(tell()));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const chat = open.find((one) => one.url.split(/[?#]/)[0] === self.registration.scope);
    await (chat ? chat.focus() : self.clients.openWindow(self.registration.scope));
  })());
});

self.addEventListener("pushsubscriptionchange", (event) => {
  const endpoint = event.newSubscription?.endpoint;
  if (!endpoint) return;
  const headers = { "Content-Type": "application/json", "X-Hoert": "1" };
  event.waitUntil(fetch(here("api/push"), { method: "POST", headers, body: JSON.stringify({ endpoint }) }));
});
