/* What a script adds where places are chosen: the city that is nearest to the visitor, and a map that
   moves. Without this file there is no button for the one, and the other is a drawing that stays. */
(() => {
  "use strict";

  // The position is asked for after a press only, and compared here: all that leaves the browser is
  // the address of the city's page.
  const nearMe = document.getElementById("near-me");
  if (!nearMe || !navigator.geolocation) return;
  const button = nearMe.querySelector("button");
  const status = nearMe.querySelector("[role=status]");
  // So many degrees, some 1,500 km, are more than there are from one end of Italy to the other.
  const FAR = 13.5;
  // The button is not disabled meanwhile: who pressed it by keyboard would lose their place.
  let isAsking = false;
  const say = (words, asking = false) => {
    status.textContent = words;
    isAsking = asking;
    button.setAttribute("aria-disabled", String(asking));
  };
  const nearest = (cities, { latitude, longitude }) => {
    const narrow = Math.cos((latitude * Math.PI) / 180);
    let best = null;
    let least = Infinity;
    for (const [slug, north, east] of cities) {
      const away = (north - latitude) ** 2 + ((east - longitude) * narrow) ** 2;
      if (away < least) [best, least] = [slug, away];
    }
    return [best, Math.sqrt(least)];
  };
  nearMe.hidden = false;
  button.addEventListener("click", () => {
    if (isAsking) return;
    say(nearMe.dataset.asking, true);
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      try {
        const answer = await fetch(nearMe.dataset.positions, { credentials: "omit" });
        const [city, away] = nearest((await answer.json()).cities, coords);
        if (!city) throw new Error("There are no cities.");
        if (away > FAR) say(nearMe.dataset.far);
        else location.assign(`${nearMe.dataset.cities}${city}/`);
      } catch {
        say(nearMe.dataset.failed);
      }
    }, ({ code, PERMISSION_DENIED }) => {
      say(code === PERMISSION_DENIED ? nearMe.dataset.refused : nearMe.dataset.failed);
    }, { timeout: 15000, maximumAge: 300000 });
  });
  // Coming back finds the button as it was.
  window.addEventListener("pageshow", () => say(""));
})();

(() => {
  "use strict";

  // Who asked to save data keeps the drawing.
  if (navigator.connection?.saveData) return;
  const LEVELS = ["region", "province", "city"];
  // From this zoom on, provinces; from that one, cities.
  const PROVINCES = 6.75;
  const CITIES = 8.5;
  const ITALY = [6, 35, 19, 48];

  const loaded = (tag, attributes) => new Promise((resolve, reject) => {
    const one = Object.assign(document.createElement(tag), attributes);
    one.onload = resolve;
    one.onerror = reject;
    document.head.append(one);
  });

  // What every map of the page is made with, fetched once.
  let parts = null;
  const fetched = (said) => {
    parts ??= Promise.all([
      fetch(said.borders).then((answer) => answer.json()),
      loaded("link", { rel: "stylesheet", href: said.style }),
      loaded("script", { src: said.leaflet }),
    ]);
    parts.catch(() => { parts = null; });
    return parts;
  };

  // The server's marks, as the address of marks gives them.
  const drawn = (drawing) => [...drawing.querySelectorAll(".map-mark")].map((one) => [
    ...one.dataset.at.split(",").map(Number),
    one.querySelector("text").textContent,
    one.querySelector("title").textContent,
    one.getAttribute("href"),
    one.lang,
  ]);

  // Steps of an SVG path, on the server's paper, back to degrees.
  const rings = (path, { west, north, per_longitude, per_latitude }, finer) =>
    path.split("z").filter(Boolean).map((ring) => {
      const numbers = ring.match(/-?\d+/g).map(Number);
      let x = 0;
      let y = 0;
      const points = [];
      for (let at = 0; at < numbers.length; at += 2) {
        x += numbers[at];
        y += numbers[at + 1];
        points.push([north - y / finer / per_latitude, west + x / finer / per_longitude]);
      }
      return [points];
    });

  // The map that is on the page; and where the one before it was left.
  let there = null;
  let left = null;
  const start = async (figure) => {
    const said = figure.dataset;
    const drawing = figure.querySelector("svg");
    const [borders] = await fetched(said);
    // Another filter was chosen meanwhile.
    if (!figure.isConnected) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [south, west, north, east] = said.edges.split(",").map(Number);
    const box = document.createElement("div");
    box.className = "map-moving";
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", said.name);
    box.style.blockSize = `${drawing.getBoundingClientRect().height}px`;
    const held = document.activeElement?.closest(".map-mark")?.getAttribute("href");
    drawing.replaceWith(box);

    const map = L.map(box, {
      zoomSnap: 0.25,
      zoomDelta: 1,
      minZoom: 4,
      maxZoom: 14,
      maxBounds: [[33, 2], [50, 23]],
      zoomControl: false,
      attributionControl: Boolean(said.tiles),
      scrollWheelZoom: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      inertia: !still,
    });
    there = map;
    map.edges = said.edges;
    const sign = (path) => `<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`;
    // Italy leaves that corner free.
    L.control.zoom({
      position: "bottomleft",
      zoomInTitle: said.zoomIn,
      zoomOutTitle: said.zoomOut,
      zoomInText: sign("M10 4v12M4 10h12"),
      zoomOutText: sign("M4 10h12"),
    }).addTo(map);
    map.fitBounds([[south, west], [north, east]], { animate: false });
    // The wheel scrolls the page until the map is what the visitor is at.
    box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
    box.addEventListener("focusout", () => map.scrollWheelZoom.disable());
    box.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    map.on("click", () => map.scrollWheelZoom.enable());

    if (said.tiles) {
      map.attributionControl.setPrefix(false);
      const words = document.createElement("span");
      words.textContent = said.attribution;
      L.tileLayer(said.tiles, { attribution: words.innerHTML, maxZoom: 19 }).addTo(map);
    }
    const here = said.here.split(" ");
    for (const [sigla, { path, region }] of Object.entries(borders.provinces)) {
      const chosen = here.includes(sigla) || here.includes(region);
      L.polygon(rings(path, borders.projection, borders.finer), {
        className: `map-border${said.tiles ? " map-over-tiles" : ""}${chosen ? " map-here" : ""}`,
        interactive: false,
        smoothFactor: 0.5,
      }).addTo(map);
    }
    // A drawing without a name is only in the way of who listens: the marks say where they are.
    box.querySelector(".leaflet-overlay-pane svg")?.setAttribute("aria-hidden", "true");

    // ---------------------------------------------------------------- marks
    const layer = L.layerGroup().addTo(map);
    const note = document.createElement("p");
    note.className = "map-note";
    note.setAttribute("role", "status");
    box.append(note);

    // Circles that would hide each other move apart, by as little as it takes and never far.
    const spread = (placed) => {
      const most = 30;
      for (let round = 0; round < 12; round += 1) {
        let touched = false;
        for (const [n, one] of placed.entries()) {
          for (const other of placed.slice(n + 1)) {
            const near = (one.size + other.size) / 2 + 2;
            const away = other.point.subtract(one.point);
            const distance = Math.hypot(away.x, away.y);
            if (distance >= near) continue;
            touched = true;
            const push = distance ? away.multiplyBy((near - distance) / 2 / distance) : L.point(near / 2, 0);
            one.point = one.point.subtract(push);
            other.point = other.point.add(push);
          }
        }
        if (!touched) break;
      }
      for (const one of placed) {
        const moved = one.point.subtract(one.home);
        const far = Math.hypot(moved.x, moved.y);
        if (far > most) one.point = one.home.add(moved.multiplyBy(most / far));
      }
    };
    let placed = [];
    const place = () => {
      for (const one of placed) one.point = one.home = map.project(one.at);
      spread(placed);
      for (const one of placed) one.marker.setLatLng(map.unproject(one.point));
    };

    // Numbers come as the page writes them: browsers group those of four digits as they like.
    const countOf = (number) => Number(number.replace(/\D/g, ""));
    const mark = ([latitude, longitude, number, name, href, language], most) => {
      const count = countOf(number);
      const link = document.createElement("a");
      link.className = "map-pin";
      link.href = href;
      link.rel = "nofollow";
      link.draggable = false;
      link.title = name;
      link.setAttribute("aria-label", name);
      if (language) link.lang = language;
      link.textContent = number;
      const size = Math.max(26 + 18 * Math.sqrt(count / most), 12 + 8 * number.length);
      link.style.width = link.style.height = `${Math.round(size)}px`;
      const at = L.latLng(latitude, longitude);
      // A drag that ended on a circle is no click.
      link.addEventListener("click", (event) => { if (map.dragging.moved()) event.preventDefault(); });
      link.addEventListener("focus", () => {
        if (link.matches(":focus-visible")) map.panInside(at, { padding: [40, 40], animate: !still });
      });
      const marker = L.marker(at, {
        icon: L.divIcon({ html: link, className: "map-at", iconSize: [size, size] }),
        interactive: false,
        keyboard: false,
      });
      return { at, size, marker };
    };
    const show = (marks) => {
      const most = Math.max(1, ...marks.map((one) => countOf(one[2])));
      layer.clearLayers();
      placed = marks.map((one) => mark(one, most));
      place();
      for (const { marker } of placed) layer.addLayer(marker);
    };
    // Who was at a mark is at the one that takes its place.
    const refocus = (href) => {
      if (!href) return;
      const same = [...box.querySelectorAll(".map-pin")].find((one) => one.getAttribute("href") === href);
      (same ?? box).focus();
    };

    // ---------------------------------------------------------------- levels
    const first = { zoom: map.getZoom(), level: LEVELS.indexOf(said.level), marks: drawn(drawing) };
    let shown = { level: first.level, box: ITALY };
    const kept = new Map();
    let asking = null;

    const levelAt = (zoom) => {
      const usual = zoom >= CITIES ? 2 : Number(zoom >= PROVINCES);
      if (zoom === first.zoom) return first.level;
      return zoom > first.zoom ? Math.max(usual, first.level) : Math.min(usual, first.level);
    };
    // Rounded outwards, so that the same answer serves many small moves.
    const boxNow = () => {
      const bounds = map.getBounds().pad(0.25);
      const down = (n) => Math.floor(n * 2) / 2;
      const up = (n) => Math.ceil(n * 2) / 2;
      return [down(bounds.getWest()), down(bounds.getSouth()), up(bounds.getEast()), up(bounds.getNorth())];
    };
    const holds = (outer, inner) => outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

    const moved = async () => {
      const level = levelAt(map.getZoom());
      const bounds = map.getBounds();
      const view = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      // All regions and all provinces are few; cities come with the part of the map.
      const wanted = level === 2 ? boxNow() : ITALY;
      if (level === shown.level && (level < 2 || holds(shown.box, view))) return;
      const address = new URL(said.marks, location.href);
      address.searchParams.set("level", LEVELS[level]);
      address.searchParams.set("box", wanted.join(","));
      asking?.abort();
      asking = new AbortController();
      try {
        if (!kept.has(address.href)) {
          const answer = await fetch(address, { signal: asking.signal, credentials: "omit" });
          if (!answer.ok) return;
          kept.set(address.href, await answer.json());
        }
      } catch {
        // Away or overtaken: the marks that are there stay.
        return;
      }
      if (!box.isConnected) return;
      const { marks, hidden } = kept.get(address.href);
      const at = document.activeElement?.closest(".map-pin")?.getAttribute("href");
      shown = { level, box: hidden ? view : wanted };
      show(marks);
      note.textContent = hidden ? said.hidden : "";
      refocus(at);
    };
    show(first.marks);
    refocus(held);
    map.on("zoomend", place);
    map.on("moveend", moved);
    // Who looked at a part of it looks at the same part of other results.
    if (left?.edges === said.edges) map.setView(left.center, left.zoom, { animate: false });
    left = null;
  };

  // A visitor who never comes to the map does not fetch it.
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      start(target).catch(() => { /* The drawing stays. */ });
    }
  }, { rootMargin: "200px" });
  const watched = new WeakSet();
  const look = () => {
    const figure = document.getElementById("map");
    if (!figure || watched.has(figure)) return;
    watched.add(figure);
    watch.observe(figure);
  };
  look();
  // A filter was chosen: other results came, with a drawing of theirs.
  document.addEventListener("htmx:afterSwap", () => {
    if (there && !there.getContainer().isConnected) {
      left = { edges: there.edges, center: there.getCenter(), zoom: there.getZoom() };
      there.remove();
      there = null;
    }
    look();
  });
})();
