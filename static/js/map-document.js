// What a map document needs beside Leaflet. Text from listings reaches the page through textContent only.
// A plain script, not a module: the document is sandboxed into an origin of its own.
"use strict";

const homewardMap = {
  box([title, lines, link]) {
    const box = document.createElement("div");
    const head = document.createElement("p");
    const name = document.createElement(link ? "a" : "strong");
    name.textContent = title;
    name.dir = "auto";
    if (link) {
      name.href = link;
      name.target = "_top";
    }
    head.append(name);
    box.append(head);
    for (const text of lines) {
      const line = document.createElement("p");
      line.textContent = text;
      line.dir = "auto";
      box.append(line);
    }
    return box;
  },

  controls(map, [zoomInTitle, zoomOutTitle, close]) {
    map.setMaxZoom(17);
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.getContainer().addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", close);
    });
  },

  say(layer, words) {
    layer.bindPopup(() => homewardMap.box(words), { minWidth: 160, maxWidth: 280 });
  },

  pin([latitude, longitude, look, label, words]) {
    const shape = document.createElement("span");
    shape.className = `pin pin--${look}`;
    const text = document.createElement("span");
    text.textContent = label;
    shape.append(text);
    const icon = L.divIcon({ html: shape, className: "", iconSize: [30, 30], iconAnchor: [15, 36] });
    const marker = L.marker([latitude, longitude], { icon, riseOnHover: true });
    marker.bindPopup(() => homewardMap.box(words), { minWidth: 160, maxWidth: 280, offset: [0, -28] });
    marker.on("add", () => marker.getElement().setAttribute("aria-label", [label, words[0]].filter(Boolean).join(" ")));
    marker.on("popupclose", () => marker.getElement()?.focus({ preventScroll: true }));
    return marker;
  },

  clusterIcon(cluster) {
    const disc = document.createElement("span");
    disc.className = "cluster";
    disc.textContent = new Intl.NumberFormat(document.documentElement.lang).format(cluster.getChildCount());
    return L.divIcon({ html: disc, className: "", iconSize: [40, 40] });
  },

  pins(map, rows, isClustered) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const group = isClustered
      ? L.markerClusterGroup({ showCoverageOnHover: false, maxClusterRadius: 48, animate: !isStill, iconCreateFunction: homewardMap.clusterIcon })
      : L.layerGroup();
    for (const row of rows) group.addLayer(homewardMap.pin(row));
    return group.addTo(map);
  },

  view(map, corners) {
    if (corners) map.fitBounds(corners, { padding: [28, 28], maxZoom: 13, animate: false });
    else map.setView([15, 20], 2);
  },
};
