/** Dates, times, sizes and long texts, in the language of the page. */
import { language, t } from "./language.js";

const LOCALES = { da: "da-DK", en: "en-GB" };
const LIMIT = 4096; // code points in one message
const DAY = 86_400_000; // milliseconds

function formatted(date, options) {
  return new Intl.DateTimeFormat(LOCALES[language()], options).format(date);
}

/** "14.05" in Danish, "14:05" in English, from seconds since 1970. */
export function clock(unix) {
  return formatted(new Date(unix * 1000), { hour: "2-digit", minute: "2-digit" });
}

/** The day a message belongs to, as year-month-day on the person's own calendar. */
export function dayKey(unix) {
  const date = new Date(unix * 1000);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "I dag", "I går", "lørdag 14. november", with the year when it is another one. */
export function dayName(unix, now = Date.now()) {
  const date = new Date(unix * 1000);
  if (dayKey(unix) === dayKey(now / 1000)) return t("today");
  const noon = new Date(now).setHours(12, 0, 0, 0);
  if (dayKey(unix) === dayKey((noon - DAY) / 1000)) return t("yesterday");
  const options = { weekday: "long", day: "numeric", month: "long" };
  if (date.getFullYear() !== new Date(now).getFullYear()) options.year = "numeric";
  return formatted(date, options).replace(" den ", " ").replace(", ", " ");
}

/** "120 kB". */
export function fileSize(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return `${new Intl.NumberFormat(LOCALES[language()], { maximumFractionDigits: 1 }).format(bytes / 1_000_000)} MB`;
}

/** What kind of file, for people: "PDF", "Billede", from its name or its type. */
export function fileType({ name = "", mime = "", kind = "" }) {
  const end = /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1];
  if (kind === "photo" || mime.startsWith("image/")) return t("picture");
  if (kind === "voice" || mime.startsWith("audio/")) return t("sound");
  if (kind === "video" || mime.startsWith("video/")) return t("film");
  return end ? end.toUpperCase() : t("file");
}

/** "1:05" from 65 seconds. */
export function spell(seconds) {
  const whole = Math.round(seconds ?? 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** When a device was last here: "lige nu", "for 5 minutter siden", "i dag kl. 14.05", "i går kl. 9.30", or the day. */
export function lastSeen(unix, now = Date.now()) {
  const minutes = Math.floor((now / 1000 - unix) / 60);
  if (minutes < 2) return t("justNow");
  if (minutes < 60) return t("minutesAgo", { count: minutes });
  const day = dayName(unix, now);
  const near = day === t("today") || day === t("yesterday");
  return near ? t("dayAt", { day: day.toLowerCase(), time: clock(unix) }) : day;
}

/** "MK" from "Mette Kjærgaard": at most two letters. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => Array.from(word)[0].toUpperCase()).join("");
}

function cut(points, limit) {
  const text = points.slice(0, limit).join("");
  for (const boundary of ["\n\n", "\n", ". ", " "]) {
    const at = text.lastIndexOf(boundary);
    if (at > text.length / 2) return at + boundary.length;
  }
  return text.length;
}

/** A long text as parts of at most `limit` code points, cut between paragraphs, sentences or words where it can. */
export function split(text, limit = LIMIT) {
  const parts = [];
  let rest = text.trim();
  while (Array.from(rest).length > limit) {
    const at = cut(Array.from(rest), limit);
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest) parts.push(rest);
  return parts;
}
