/** Formatted text: ranges counted in UTF-16 units, which is how JavaScript counts too, become elements. */
import { el, unseen } from "./dom.js";
import { t } from "./language.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };
const SAFE = ["https:", "http:", "mailto:", "tel:", "sms:"];
const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]]/g;
// Danish numbers as people write them: 112, 1888, 116 111, 70 201 201, 70 20 12 01, +45 70 20 12 01.
const PHONE = /(^|[^\d.,:/+-])(11[24]|18(?:13|18|88)|116[ \u00a0]?\d{3}|\d{2}(?:[ \u00a0]\d{3}){2}|(?:\+45[ \u00a0]?)?\d{2}(?:[ \u00a0]?\d{2}){3})(?![\d/-]|[.,:]\d)/g;

/** An address that may be opened from the chat, or null. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return SAFE.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that tells the other site nothing. Phone numbers stay in this window. */
export function link(address, ...children) {
  const web = address.startsWith("http");
  return el("a", { href: address, rel: "noopener noreferrer", target: web ? "_blank" : null, class: web ? null : "call" },
    ...children);
}

function plain(text, withNumbers) {
  const found = [];
  for (const match of text.matchAll(ADDRESS)) found.push({ at: match.index, text: match[0], address: match[0] });
  if (withNumbers) {
    for (const match of text.matchAll(PHONE)) {
      const number = match[2];
      const at = match.index + match[1].length;
      const inside = found.some((one) => at >= one.at && at < one.at + one.text.length);
      if (!inside) found.push({ at, text: number, address: `tel:${number.replace(/[ \u00a0]/g, "")}` });
    }
  }
  const nodes = [];
  let at = 0;
  for (const one of found.sort((a, b) => a.at - b.at)) {
    nodes.push(document.createTextNode(text.slice(at, one.at)), link(one.address, one.text));
    at = one.at + one.text.length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes.filter((node) => node.textContent);
}

function spoiler(children) {
  const cover = el("button", { type: "button", class: "spoiler" }, unseen(t("hidden")));
  cover.addEventListener("click", () => cover.replaceWith(el("span", { class: "shown" }, ...children)));
  return cover;
}

function wrap(entity, raw, children) {
  if (entity.type === "spoiler") return spoiler(children);
  if (entity.type === "text_link" || entity.type === "url") {
    const address = safeAddress(entity.type === "url" && !/^\w+:/.test(raw) ? `https://${raw}` : (entity.url ?? raw));
    return address ? link(address, ...children) : el("span", {}, ...children);
  }
  if (entity.type === "phone_number") return link(`tel:${raw.replace(/[^\d+]/g, "")}`, ...children);
  if (entity.type === "email") return link(`mailto:${raw}`, ...children);
  return el(TAGS[entity.type] ?? "span", {}, ...children);
}

const LINKS = ["text_link", "url", "phone_number", "email", "code", "pre"];

function build(text, entities, from, to, withLinks, withNumbers) {
  const nodes = [];
  const words = (start, end) => {
    const piece = text.slice(start, end);
    nodes.push(...(withLinks ? plain(piece, withNumbers) : [document.createTextNode(piece)]));
  };
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    words(at, start);
    const inner = entities.slice(index + 1).filter((other) => other.offset < end);
    const children = build(text, inner, start, end, withLinks && !LINKS.includes(entity.type), withNumbers);
    nodes.push(wrap(entity, text.slice(start, end), children));
    at = end;
    if (TAGS[entity.type] === "blockquote" && text[at] === "\n") at += 1;
  }
  words(at, to);
  return nodes;
}

/** The text as nodes: formatting from `entities`, and addresses (and, if wanted, phone numbers) as links. */
export function richText(text, entities = [], withNumbers = false) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, sorted, 0, text.length, true, withNumbers);
}
