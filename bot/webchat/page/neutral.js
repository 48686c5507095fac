/** A clock, a few cities and a stopwatch: what somebody looking over a shoulder sees after "Luk hurtigt". */

const CITIES = [["København", "Europe/Copenhagen"], ["London", "Europe/London"], ["New York", "America/New_York"], ["Tokyo", "Asia/Tokyo"]];
const watch = { since: null, before: 0 };
const byId = (id) => document.getElementById(id);

function clock(timeZone) {
  return new Intl.DateTimeFormat("da-DK", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date());
}

function tick() {
  byId("now").textContent = clock();
  byId("date").textContent = new Intl.DateTimeFormat("da-DK", { weekday: "long", day: "numeric", month: "long" }).format(new Date());
  byId("cities").replaceChildren(...CITIES.map(([name, zone]) => {
    const row = document.createElement("li");
    for (const text of [name, clock(zone)]) row.append(Object.assign(document.createElement("span"), { textContent: text }));
    return row;
  }));
}

function elapsed() {
  const tenths = Math.floor((watch.before + (watch.since === null ? 0 : Date.now() - watch.since)) / 100);
  const two = (value) => String(value).padStart(2, "0");
  byId("elapsed").textContent = `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)},${tenths % 10}`;
}

byId("toggle").addEventListener("click", () => {
  if (watch.since === null) watch.since = Date.now();
  else Object.assign(watch, { before: watch.before + Date.now() - watch.since, since: null });
  byId("toggle").textContent = watch.since === null ? "Start" : "Stop";
});
byId("reset").addEventListener("click", () => {
  Object.assign(watch, { since: null, before: 0 });
  byId("toggle").textContent = "Start";
  elapsed();
});
tick();
setInterval(tick, 1000);
setInterval(elapsed, 100);
