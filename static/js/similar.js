// While a new listing is typed: listings of the directory that look like it. Saving asks the same without scripts.

const WAIT = 500;
const SHORTEST = 3;
const ASKED = { name: "service_name", lat: "latitude", lon: "longitude", phone: "phone", country: "country" };

function start(box) {
  const form = box.closest("form");
  const list = box.appendChild(document.createElement("ul"));
  let asked;
  let timer;

  function query() {
    const said = new URLSearchParams();
    for (const [name, field] of Object.entries(ASKED)) {
      const text = form.elements[field]?.value.trim();
      if (text) said.set(name, text);
    }
    return said;
  }

  function show(found) {
    list.replaceChildren(
      ...found.map((each) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const name = document.createElement("bdi");
        name.textContent = each.name;
        link.href = each.url;
        link.target = "_blank";
        link.append(name);
        item.append(link, ` · ${each.organization_name}`);
        return item;
      }),
    );
    box.hidden = !found.length;
  }

  async function ask() {
    asked?.abort();
    const said = query();
    if ((said.get("name") ?? "").length < SHORTEST) return show([]);
    asked = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.similar}?${said}`, { signal: asked.signal });
      show(answer.ok ? (await answer.json()).similar : []);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  }

  form.addEventListener("input", (event) => {
    if (!Object.values(ASKED).includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
}

document.querySelectorAll("[data-similar]").forEach(start);
