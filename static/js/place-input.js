// Helps with the place field: suggestions while typing, the device's own position, a pin on the map. The field itself works without.

const WAIT = 200;

function load(kind, attributes) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(kind), attributes);
    node.onload = resolve;
    node.onerror = reject;
    document.head.append(node);
  });
}

function hidden(box, name) {
  const node = Object.assign(document.createElement("input"), { type: "hidden", name });
  box.append(node);
  return node;
}

function start(box) {
  const input = box.querySelector("input[type=text]");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[data-status]");
  const picked = box.querySelector("[data-picked]");
  const token = box.querySelector("[data-token]") ?? hidden(box, `${input.name}_token`);
  const [lat, lon, accuracy] = ["lat", "lon", "accuracy"].map((part) => hidden(box, `${input.name}_${part}`));
  const { places, country } = box.dataset;
  let at = box.dataset.at?.split(",").map(Number);
  let shown = [];
  let active = -1;
  let asked;
  let map;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function forget() {
    for (const node of [token, lat, lon, accuracy]) node.value = "";
    box.querySelector("[data-choices]")?.remove();
    box.querySelector(".place-found")?.remove();
  }

  function pick(place) {
    forget();
    input.value = place.label;
    token.value = place.token;
    picked.value = place.label;
    status.textContent = place.what ? `${place.label} · ${place.what}` : place.label;
    at = place.lat === undefined ? undefined : [place.lat, place.lon];
    if (map && at) map.setView(at, 9);
    close();
  }

  function pin(latitude, longitude, metres) {
    forget();
    close();
    input.value = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    picked.value = input.value;
    [lat.value, lon.value, accuracy.value] = [latitude, longitude, Math.ceil(metres)];
    status.textContent = input.value;
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = list.children[index];
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    shown = found;
    list.replaceChildren(...found.map((place, i) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${i}`, textContent: place.spelling ? `${place.label} – ${place.spelling}` : place.label, dir: "auto" });
      if (place.what) option.append(Object.assign(document.createElement("span"), { className: "soft", textContent: ` · ${place.what}` }));
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => pick(place));
      return option;
    }));
    list.hidden = !found.length;
    active = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? box.dataset.textFound.replace("{count}", found.length) : box.dataset.textNone;
  }

  async function suggest() {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) return close();
    asked = new AbortController();
    const query = new URLSearchParams({ q: text, ...(country && { country }) });
    try {
      const answer = await fetch(`${places}?${query}`, { signal: asked.signal });
      if (answer.ok && input.value.trim() === text) show((await answer.json()).places);
    } catch {
      close(); /* Offline, or overtaken by the next letter: the server reads the text anyway. */
    }
  }

  let timer;
  input.addEventListener("input", () => {
    forget();
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      mark((active + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      pick(shown[active]);
    } else if (event.key === "Escape") {
      close();
    }
  });
  input.addEventListener("blur", close);

  const locate = box.querySelector("[data-locate]");
  locate.hidden = !navigator.geolocation;
  locate.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => pin(coords.latitude, coords.longitude, coords.accuracy),
      () => { status.textContent = box.dataset.textRefused; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });

  const button = box.querySelector("[data-map-button]");
  const here = box.querySelector("[data-map-here]");
  button.addEventListener("click", async () => {
    here.hidden = !here.hidden;
    button.setAttribute("aria-expanded", String(!here.hidden));
    if (here.hidden || map) return;
    try {
      map = await drawMap(box, here, pin, at);
    } catch {
      here.hidden = true;
      status.textContent = box.dataset.textFailed;
    }
  });
  box.querySelector("[data-tools]").hidden = false;
}

async function drawMap(box, here, pin, at) {
  const { country, leaflet, leafletCss, outlines, textMap, textZoomIn, textZoomOut } = box.dataset;
  if (!window.L) await Promise.all([load("link", { rel: "stylesheet", href: leafletCss }), load("script", { src: leaflet })]);
  here.setAttribute("role", "region");
  here.setAttribute("aria-label", textMap);
  const map = L.map(here, { zoomControl: false, attributionControl: false, worldCopyJump: true });
  L.control.zoom({ zoomInTitle: textZoomIn, zoomOutTitle: textZoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const borders = L.geoJSON(await (await fetch(outlines)).json(), { interactive: false, style: { className: "outline", weight: 1 } }).addTo(map);
  // Where people live: the whole world would show mostly ice and sea.
  map.fitBounds(country && borders.getLayers().length ? borders.getBounds() : [[-45, -110], [60, 120]]);
  let marker;
  const show = (place) => {
    marker ??= L.circleMarker(place, { radius: 9, className: "place-pin" }).addTo(map);
    marker.setLatLng(place);
  };
  if (at) {
    map.setView(at, 9);
    show(at);
  }
  const set = (place) => {
    const { lat, lng } = place.wrap();
    show(place);
    // Ten points of the screen are as exact as a finger.
    const metres = (40075016 * Math.cos((lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
    pin(lat, lng, metres * 10);
  };
  map.on("click", (event) => set(event.latlng));
  here.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== here) return;
    event.preventDefault();
    set(map.getCenter());
  });
  return map;
}

document.querySelectorAll("[data-place-input]").forEach(start);
