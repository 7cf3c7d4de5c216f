// Draws shapes on a map and writes them as GeoJSON into the field beside it. By clicks or by keys alone: nothing is dragged.
// The field itself works without: a shape can be pasted or uploaded.

const DECIMALS = 5;

function load(kind, attributes) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(kind), attributes);
    node.onload = resolve;
    node.onerror = reject;
    document.head.append(node);
  });
}

// Polygons as GeoJSON has them: lists of rings, the outer one first. What is no polygon is left alone.
function polygonsOf(text) {
  try {
    const value = JSON.parse(text);
    const geometry = value.type === "Feature" ? value.geometry : value;
    if (geometry?.type === "Polygon") return [geometry.coordinates];
    if (geometry?.type === "MultiPolygon") return geometry.coordinates;
  } catch {
    /* Half pasted: the server says what is wrong with it. */
  }
  return [];
}

function geojson(polygons) {
  if (!polygons.length) return "";
  const geometry = polygons.length === 1 ? { type: "Polygon", coordinates: polygons[0] } : { type: "MultiPolygon", coordinates: polygons };
  return JSON.stringify(geometry);
}

class Drawing {
  constructor(text) {
    this.polygons = polygonsOf(text);
    this.corners = [];
  }

  add({ lat, lng }) {
    const round = (degrees) => Number(degrees.toFixed(DECIMALS));
    this.corners.push([round(lng), round(lat)]);
  }

  // The last corner of the open shape; where there is none, the last finished shape is opened again.
  undo() {
    if (this.corners.length) this.corners.pop();
    else if (this.polygons.length) this.corners = this.polygons.pop()[0].slice(0, -1);
  }

  finish() {
    if (this.corners.length < 3) return false;
    this.polygons.push(this.ring());
    this.corners = [];
    return true;
  }

  clear() {
    this.polygons = [];
    this.corners = [];
  }

  ring() {
    return [[...this.corners, this.corners[0]]];
  }

  // What is written into the field: also the open shape, as soon as it is one.
  get text() {
    return geojson(this.corners.length < 3 ? this.polygons : [...this.polygons, this.ring()]);
  }
}

async function drawMap(box, here) {
  const { at, leaflet, leafletCss, outlines, textMap, textZoomIn, textZoomOut } = box.dataset;
  if (!window.L) await Promise.all([load("link", { rel: "stylesheet", href: leafletCss }), load("script", { src: leaflet })]);
  here.setAttribute("role", "application");
  here.setAttribute("aria-label", textMap);
  const map = L.map(here, { zoomControl: false, attributionControl: false, doubleClickZoom: false });
  L.control.zoom({ zoomInTitle: textZoomIn, zoomOutTitle: textZoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const borders = L.geoJSON(await (await fetch(outlines)).json(), { interactive: false, style: { className: "outline", weight: 1 } }).addTo(map);
  map.fitBounds(borders.getLayers().length ? borders.getBounds() : [[-45, -110], [60, 120]]);
  const place = (at ?? "").split(",").map(Number);
  if (place.length === 2 && Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180) {
    map.setView(place, 9);
    L.circleMarker(place, { radius: 8, interactive: false, className: "place-pin" }).addTo(map);
  }
  return map;
}

function start(box) {
  const field = box.querySelector("[data-draw-text]");
  const panel = box.querySelector("[data-draw-here]");
  const here = box.querySelector("[data-draw-map]");
  const status = box.querySelector("[data-draw-status]");
  const open = box.querySelector("[data-draw-open]");
  let drawing = new Drawing(field.value);
  let map;
  let layer;

  function show() {
    layer.clearLayers();
    if (drawing.polygons.length) L.geoJSON({ type: "MultiPolygon", coordinates: drawing.polygons }, { interactive: false, style: { className: "drawn" } }).addTo(layer);
    const corners = drawing.corners.map(([lng, lat]) => [lat, lng]);
    if (corners.length > 1) L.polygon(corners, { interactive: false, className: "drawn drawn--open" }).addTo(layer);
    for (const corner of corners) L.circleMarker(corner, { radius: 5, interactive: false, className: "drawn-corner" }).addTo(layer);
    status.textContent = box.dataset.textCorners.replace("{count}", drawing.corners.length).replace("{shapes}", drawing.polygons.length);
  }

  function write() {
    field.value = drawing.text;
    show();
  }

  const steps = {
    add: () => drawing.add(map.getCenter().wrap()),
    undo: () => drawing.undo(),
    finish: () => drawing.finish(),
    clear: () => drawing.clear(),
  };

  function step(name) {
    const isDone = steps[name]();
    write();
    if (isDone === false) status.textContent = box.dataset.textFew;
  }

  for (const name of Object.keys(steps)) box.querySelector(`[data-draw-${name}]`).addEventListener("click", () => step(name));
  here.addEventListener("keydown", (event) => {
    const name = { Enter: "add", Backspace: "undo", Delete: "undo" }[event.key];
    if (!name || event.target !== here) return;
    event.preventDefault();
    step(name);
  });
  field.addEventListener("change", () => {
    drawing = new Drawing(field.value);
    if (map) show();
  });

  open.addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    open.setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden || map) return;
    try {
      map = await drawMap(box, here);
      layer = L.layerGroup().addTo(map);
      show();
      const drawn = layer.getLayers().filter((one) => one.getBounds);
      if (drawn.length) map.fitBounds(drawn[0].getBounds(), { padding: [24, 24] });
      map.on("click", (event) => {
        drawing.add(event.latlng.wrap());
        write();
      });
    } catch {
      panel.hidden = true;
      open.setAttribute("aria-expanded", "false");
      box.querySelector("[data-draw-tools]").after(Object.assign(document.createElement("p"), { className: "small", textContent: box.dataset.textFailed }));
    }
  });
  box.querySelector("[data-draw-tools]").hidden = false;
}

document.querySelectorAll("[data-draw]").forEach(start);
