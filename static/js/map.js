// The directory's map: draws what the list beside it already says, and moves together with it.
//
// Points come as GeoJSON from data-points, asked again with bbox (west,south,east,north) and zoom after each move.
// A feature with "count" is a cluster; any other is a listing with id, name, term, category, url and, where known, place and verified.
// Text from listings reaches the page through textContent only.

const wide = matchMedia("(min-width: 900px)");
const svg = "http://www.w3.org/2000/svg";

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function icon(sheet, name) {
  const drawing = document.createElementNS(svg, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `${sheet}#${name}`);
  drawing.append(use);
  return drawing;
}

function load(kind, attributes) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(kind), attributes);
    node.onload = resolve;
    node.onerror = reject;
    document.head.append(node);
  });
}

function popup(listing) {
  const box = element("div");
  const name = element("p");
  const link = element("a", "", listing.name);
  link.href = listing.url ?? `/services/${listing.id}`;
  link.dir = "auto";
  name.append(link);
  box.append(name);
  for (const text of [listing.category, listing.place, listing.verified]) {
    if (text) box.append(element("p", "small", text));
  }
  return box;
}

const cardOf = (id) => document.querySelector(`[data-listing="${CSS.escape(id)}"]`);

function listingMarker(map, feature, place, words) {
  const listing = feature.properties;
  const category = (listing.term ?? "information").split(".")[0];
  const pin = element("span", `pin cat-${category}`);
  pin.append(icon(words.icons, category));
  const marker = L.marker(place, { icon: L.divIcon({ html: pin, className: "", iconSize: [30, 30], iconAnchor: [15, 36] }), riseOnHover: true });
  marker.bindPopup(() => popup(listing), { minWidth: 180, maxWidth: 280, offset: [0, -28] });
  marker.on("add", () => {
    const node = marker.getElement();
    node.setAttribute("aria-label", [listing.name, listing.category].filter(Boolean).join(", "));
    const card = cardOf(listing.id);
    if (!card) return;
    const mark = (on) => () => [node.firstChild, card].forEach((part) => part.classList.toggle("is-current", on));
    for (const part of [node, card]) {
      part.addEventListener("pointerenter", mark(true));
      part.addEventListener("pointerleave", mark(false));
      part.addEventListener("focusin", mark(true));
      part.addEventListener("focusout", mark(false));
    }
  });
  marker.on("popupclose", () => marker.getElement()?.focus({ preventScroll: true }));
  return marker;
}

function clusterMarker(map, feature, place, words) {
  const { count } = feature.properties;
  const size = 32 + Math.min(24, Math.round(Math.log10(count) * 8));
  const disc = element("span", "cluster", new Intl.NumberFormat(document.documentElement.lang).format(count));
  disc.style.blockSize = `${size}px`;
  const marker = L.marker(place, { icon: L.divIcon({ html: disc, className: "", iconSize: [size, size] }) });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", words.textCluster.replace("{count}", count)));
  marker.on("click", () => map.setView(place, Math.min(map.getZoom() + 2, 17)));
  return marker;
}

// Marks that stay keep their element, so that focus and an open popup survive a move of the map.
function drawPoints(map, layer, shown, features, words) {
  const wanted = new Map();
  for (const feature of features) {
    const { id, count } = feature.properties;
    wanted.set(id ?? `${feature.geometry.coordinates} ${count}`, feature);
  }
  for (const [key, marker] of shown) {
    if (wanted.has(key) || marker.isPopupOpen()) continue;
    layer.removeLayer(marker);
    shown.delete(key);
  }
  for (const [key, feature] of wanted) {
    if (shown.has(key)) continue;
    const [longitude, latitude] = feature.geometry.coordinates;
    const make = feature.properties.count ? clusterMarker : listingMarker;
    shown.set(key, make(map, feature, [latitude, longitude], words).addTo(layer));
  }
}

async function fetchJson(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function pointsAddress(words, map) {
  const address = new URL(words.points, location.href);
  if (map) {
    address.searchParams.set("bbox", map.getBounds().toBBoxString());
    address.searchParams.set("zoom", map.getZoom());
  }
  return address;
}

// "Search this area" is an ordinary address: the middle of the view and a radius that fills it.
function searchHere(map) {
  const middle = map.getCenter();
  const bounds = map.getBounds();
  const kilometres = middle.distanceTo(L.latLng(bounds.getNorth(), middle.lng)) / 1000;
  const address = new URL(location.href);
  for (const name of ["page", "place", "area", "covers"]) address.searchParams.delete(name);
  address.searchParams.set("lat", middle.lat.toFixed(4));
  address.searchParams.set("lon", middle.wrap().lng.toFixed(4));
  address.searchParams.set("radius_km", Math.max(1, Math.round(kilometres)));
  location.assign(address);
}

function offerSearchHere(map, box, words) {
  const button = element("button", "button map-update", words.textArea);
  button.type = "button";
  button.addEventListener("click", () => searchHere(map));
  box.after(button);
}

function startView(map, words, features) {
  if (words.bounds) {
    const [west, south, east, north] = words.bounds.split(",").map(Number);
    map.fitBounds([[south, west], [north, east]]);
  } else if (features.length) {
    map.fitBounds(features.map(({ geometry }) => [...geometry.coordinates].reverse()), { padding: [36, 36], maxZoom: 13 });
  } else {
    map.setView([15, 20], 2);
  }
}

async function draw(box, status) {
  const words = box.dataset;
  await Promise.all([load("link", { rel: "stylesheet", href: words.leafletCss }), load("script", { src: words.leaflet })]);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, { zoomControl: false, attributionControl: false, maxZoom: 18, worldCopyJump: true, zoomAnimation: !isStill, fadeAnimation: !isStill });
  L.control.zoom({ zoomInTitle: words.textZoomIn, zoomOutTitle: words.textZoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const first = await fetchJson(pointsAddress(words));
  startView(map, words, first.features);
  if (words.outlines) {
    // Drawn when it arrives; a map without borders is still a map.
    fetchJson(words.outlines).then((borders) => {
      L.geoJSON(borders, { interactive: false, style: { color: "#47535f", weight: 1, fillColor: "#fff", fillOpacity: 1 } }).addTo(map).bringToBack();
    }, () => undefined);
  }
  const layer = L.layerGroup().addTo(map);
  const shown = new Map();
  drawPoints(map, layer, shown, first.features, words);
  let asked = new AbortController();
  const refresh = async () => {
    asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetchJson(pointsAddress(words, map), asked.signal);
      drawPoints(map, layer, shown, answer.features, words);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = words.textFailed;
    }
  };
  map.on("moveend", refresh);
  offerSearchHere(map, box, words);
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
}

function prepare(frame) {
  const box = frame.querySelector("[data-map]");
  const status = frame.querySelector("[data-map-status]");
  let isDrawn = false;
  const start = () => {
    const isShown = frame.open || (wide.matches && !navigator.connection?.saveData);
    if (isDrawn || !isShown) return;
    isDrawn = true;
    frame.open = true;
    draw(box, status).catch(() => {
      box.hidden = true;
      status.textContent = box.dataset.textFailed;
    });
  };
  frame.hidden = false;
  frame.addEventListener("toggle", start);
  wide.addEventListener("change", start);
  start();
}

document.querySelectorAll("[data-map-frame]").forEach(prepare);
