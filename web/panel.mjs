// What-if panels: the book's own formulas, run by MicroPython in the page. Without this script
// the static figures stand; nothing is loaded before the reader moves and a panel is in view.
const here = new URL(".", import.meta.url);
const svgNamespace = "http://www.w3.org/2000/svg";
let interpreter;

const loadInterpreter = () =>
  (interpreter ??= import(new URL("micropython/micropython.mjs", here)).then(({ loadMicroPython }) =>
    loadMicroPython({ url: new URL("micropython/micropython.wasm", here).href, heapsize: 4 << 20 }),
  ));

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

// Three significant digits, thousands separated: the same as bet.numbers.digits.
export const digits = (value) => {
  if (value === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const step = 10 ** (2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Math.round(value * step) / step;
  return rounded.toLocaleString("en-GB", { maximumFractionDigits: decimals }).replace("-", "−");
};
const shown = (value, figure) =>
  value === null || !Number.isFinite(value)
    ? "none"
    : `${figure.before}${digits(value * figure.scale)}${figure.unit}`.replace(/^1 (?!times)(\w+)s$/, "1 $1");

// The largest step of 1, 2 or 5 (or ten, a hundred, a tenth … of these) that leads from one end of a slider
// to the other in thirty steps or more; a finer one where none ends there.
export const step = ({ min, max, whole }) => {
  const span = max - min;
  const least = 10 ** (Math.floor(Math.log10(span)) - 3);
  const round = [1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * least);
  const fits = (n) => Math.abs(span / n - Math.round(span / n)) < 1e-6 && Math.abs(min / n - Math.round(min / n)) < 1e-6;
  const found = round.filter((n) => span / n >= 29.9 && fits(n) && (!whole || n >= 1)).pop();
  return whole ? Math.round(found ?? 1) : Number((found ?? span / 200).toPrecision(12));
};

class Model {
  constructor(python, name, entry) {
    Object.assign(this, { python, name, entry });
  }
  load(source) {
    this.python.FS.writeFile(`/${this.name}.py`, source);
    this.python.runPython(
      `import sys, json\nif "/" not in sys.path: sys.path.insert(0, "/")\nsys.modules.pop("${this.name}", None)\n` +
        `import ${this.name} as _m\ndef _run(text): return json.dumps(_m.${this.entry}(json.loads(text)))`,
    );
    this.call = this.python.globals.get("_run");
  }
  run(values) {
    return JSON.parse(this.call(JSON.stringify(values)));
  }
}

// The largest of 1, 2 or 5 (or ten, a hundred, a tenth … of these) up to a value, as the axis writes it.
export const roundBelow = (value, scale) => {
  if (!(value > 0)) return value;
  const power = 10 ** Math.floor(Math.log10(value * scale));
  return ([5, 2, 1].find((many) => many * power <= value * scale) * power) / scale;
};

// ``claimed`` is what the article has: {key, value, text, words}, drawn across the curve where its key is.
function drawCurve(svg, points, now, labels, claimed) {
  const [width, height, pad] = [Math.min(560, Math.max(300, svg.clientWidth || 560)), 216, 46];
  const known = points.filter(([, y]) => Number.isFinite(y));
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (known.length < 2) return;
  const [xs, ys] = [known.map((p) => p[0]), known.map((p) => p[1])];
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const level = claimed?.key === labels.y.key ? [claimed.value] : [];
  const [y0, y1] = [Math.min(0, ...ys), Math.max(...ys, ...level)];
  const place = ([x, y]) => [
    pad + ((x - x0) / (x1 - x0 || 1)) * (width - pad - 12),
    height - 40 - ((y - y0) / (y1 - y0 || 1)) * (height - 62),
  ];
  const add = (name, attributes, text) => {
    const node = document.createElementNS(svgNamespace, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text) node.textContent = text;
    svg.append(node);
  };
  add("line", { x1: pad, x2: width - 12, y1: height - 40, y2: height - 40, class: "axis" });
  const ticks = [y0, roundBelow(y1, labels.y.scale)];
  if (y0 < 0 && y1 > 0) {
    const zero = place([x0, 0])[1]; // or the foot of the picture would be taken for it
    add("line", { x1: pad, x2: width - 12, y1: zero, y2: zero, class: "axis" });
    if (height - 40 - zero < 14) ticks.shift();
    ticks.push(0);
  }
  add("polyline", { points: known.map((p) => place(p).map((v) => v.toFixed(1)).join(",")).join(" "), class: "curve" });
  if (level.length) {
    const y = place([x0, claimed.value])[1];
    add("line", { x1: pad, x2: width - 12, y1: y, y2: y, class: "claimed" });
    add("text", { x: width - 12, y: y + 15, "text-anchor": "end", class: "claimed" }, `${claimed.words}: ${claimed.text}`);
  } else if (claimed && claimed.value >= x0 && claimed.value <= x1) {
    const x = place([claimed.value, 0])[0];
    const right = x > width / 2;
    add("line", { x1: x, x2: x, y1: 22, y2: height - 40, class: "claimed" });
    add("text", { x: x + (right ? -6 : 6), y: 32, "text-anchor": right ? "end" : "start", class: "claimed" }, `${claimed.words}: ${claimed.text}`);
  }
  const [cx, cy] = place(now);
  if (Number.isFinite(cy)) {
    const left = ys.at(-1) >= ys[0] && cx > pad + 60; // above a rising curve is free on the left
    const right = !left && cx < width - 80;
    add("circle", { cx, cy, r: 6, class: "now" });
    add("text", { x: cx + (right ? 10 : -10), y: Math.max(26, cy - 9), "text-anchor": right ? "start" : "end" }, shown(now[1], labels.y));
  }
  add("text", { x: pad, y: height - 24 }, shown(x0, labels.x));
  add("text", { x: width - 12, y: height - 24, "text-anchor": "end" }, shown(x1, labels.x));
  add("text", { x: width - 12, y: height - 6, "text-anchor": "end" }, labels.x.meaning);
  for (const tick of ticks) {
    const y = place([x0, tick])[1];
    add("line", { x1: pad - 4, x2: pad, y1: y, y2: y, class: "axis" });
    add("text", { x: pad - 6, y: y + (tick === y0 ? -2 : 4), "text-anchor": "end" }, digits(tick * labels.y.scale));
  }
  add("text", { x: pad, y: 12 }, `${labels.y.label}, ${labels.y.before}${labels.y.unit}`.replace(/, $/, ""));
}

function build(box, spec, source) {
  const prefix = `${spec.model}.`;
  const address = new URLSearchParams(location.search);
  const values = { ...spec.case };
  const outputs = Object.fromEntries([...box.querySelectorAll("output[data-figure]")].map((o) => [o.dataset.figure, o]));
  const message = element("p", { role: "status", class: "bet-panel-message" });
  const form = element("form", { class: "bet-panel-sliders" });
  const svg = document.createElementNS(svgNamespace, "svg");
  svg.setAttribute("role", "img");
  const curve = spec.sliders.find((s) => s.key === spec.curve.slider);
  const drawn = spec.figures.find((f) => f.key === spec.curve.figure);
  let model;

  for (const slider of spec.sliders) {
    const start = address.get(prefix + slider.key);
    if (start !== null && Number.isFinite(Number(start)))
      values[slider.key] = Math.min(slider.max, Math.max(slider.min, Number(start)));
    const id = `panel-${spec.model}-${slider.key}`;
    const value = element("output", { for: id });
    const input = element("input", {
      type: "range", id, min: slider.min, max: slider.max, step: step(slider), "data-key": slider.key,
    });
    const write = () => {
      value.textContent = shown(values[slider.key], slider);
      input.setAttribute("aria-valuetext", value.textContent);
    };
    input.value = values[slider.key];
    input.addEventListener("input", () => {
      values[slider.key] = Number(input.value);
      write();
      compute();
    });
    slider.reset = () => {
      values[slider.key] = spec.case[slider.key];
      input.value = values[slider.key];
      write();
    };
    write();
    form.append(element("div", {}, element("label", { for: id }, slider.meaning), input, value));
  }
  const reset = element("button", { type: "button" }, "Back to the book's values");
  reset.addEventListener("click", () => {
    spec.sliders.forEach((slider) => slider.reset());
    editor.value = source;
    load();
  });
  const editor = element("textarea", { rows: 16, spellcheck: "false", "aria-label": "Formulas of the model" });
  editor.value = source;
  const apply = element("button", { type: "button" }, "Run these formulas");
  apply.addEventListener("click", () => load());
  form.append(reset);
  box.append(
    form, message, svg,
    element("details", {}, element("summary", {}, "Open the formulas and change them"), editor, apply),
  );

  function compute() {
    const began = performance.now();
    try {
      const result = model.run(values);
      for (const figure of spec.figures) outputs[figure.key].textContent = shown(result[figure.key], figure);
      const points = Array.from({ length: 41 }, (_, i) => {
        const x = curve.min + ((curve.max - curve.min) * i) / 40;
        return [x, model.run({ ...values, [curve.key]: curve.whole ? Math.round(x) : x })[drawn.key] ?? NaN];
      });
      drawCurve(svg, points, [values[curve.key], result[drawn.key]], {
        x: curve, y: drawn,
      }, spec.claimed);
      svg.setAttribute("aria-label", `${drawn.label} by ${curve.meaning}: now ${shown(result[drawn.key], drawn)}`);
      message.textContent = "";
      remember();
    } catch (error) {
      message.textContent = `These formulas do not run: ${String(error.message ?? error).trim().split("\n").pop()}`;
    }
    box.dataset.milliseconds = (performance.now() - began).toFixed(0);
  }
  function load() {
    try {
      model.load(editor.value);
    } catch (error) {
      message.textContent = `These formulas do not run: ${String(error.message ?? error).trim().split("\n").pop()}`;
      return;
    }
    compute();
  }
  function remember() {
    const query = new URLSearchParams(location.search);
    for (const { key } of spec.sliders)
      if (values[key] === spec.case[key]) query.delete(prefix + key);
      else query.set(prefix + key, values[key]);
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }
  message.textContent = "Loading the formulas…";
  loadInterpreter().then(
    (python) => {
      model = new Model(python, spec.model, spec.function);
      load();
      box.dataset.ready = "true";
    },
    () => (message.textContent = "The formulas could not be loaded; the figures above are the book's."),
  );
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    const spec = JSON.parse(target.dataset.panel);
    fetch(new URL(`models/${spec.model}.py`, here)).then((r) => r.text()).then((source) => build(target, spec, source));
  }
}, { rootMargin: "300px" });
// A page that only loads fetches no interpreter: the watch begins with the reader's first move.
const signs = ["pointermove", "pointerdown", "keydown", "scroll"];
const wake = () => {
  for (const sign of signs) removeEventListener(sign, wake);
  for (const box of document.querySelectorAll(".bet-panel")) watcher.observe(box);
};
for (const sign of signs) addEventListener(sign, wake, { passive: true });
