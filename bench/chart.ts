import { seconds } from "./format.ts";
import type { Result } from "./results.ts";
import type { Spread } from "./statistics.ts";

const LABELS = 350;
const BARS = 400;
const VALUES = 90;
const ROW = 30;
const TOP = 52;
const WIDTH = LABELS + BARS + VALUES;

/** The cases that are not this project's runner. */
const others = ["floor", "floor-bundled", "loop", "originals"];

/** Colours for light and for dark, with a background: a page may be dark where the system is light. */
const style = `
  .back { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .label { text-anchor: end } .value { stroke: #ffffff; stroke-width: 4; paint-order: stroke }
  .title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
  .runner { fill: #1a7f64 } .other { fill: #8c959f } .range { stroke: #1f2328; stroke-width: 1.5 }
  .cut { stroke: #ffffff; stroke-width: 3 } .mark { stroke: #59636e; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } text { fill: #e6edf3 } .note { fill: #9198a1 }
    .runner { fill: #3fb68b } .other { fill: #6e7681 } .range { stroke: #e6edf3 }
    .cut, .value { stroke: #0d1117 } .mark { stroke: #9198a1 }
  }
`;

interface Bar {
  readonly name: string;
  readonly label: string;
  readonly wall: Spread;
}

/** Draws the guide's cases as bars: the median, and a line from the fastest run to the slowest. */
export function drawChart(results: readonly Result[], rounds: number): string {
  const bars = results.flatMap(({ name, group, label, wall }): Bar[] =>
    group === "guide" && wall ? [{ name, label, wall }] : [],
  );
  // One case takes many times as long as the others. Its bar is cut, or theirs would be stubs.
  const full = Math.max(...bars.filter(({ name }) => name !== "loop").map(({ wall }) => wall.max));
  const scale = (time: number) => round(LABELS + Math.min(1, time / full) * BARS);
  const bottom = TOP + bars.length * ROW;
  const height = bottom + 34;

  const originals = bars.find(({ name }) => name === "originals");
  const markX = originals && scale(originals.wall.median);
  const caption = `Median of ${rounds} runs; the thin line spans the fastest to the slowest. Dashed: the Python originals.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="How long the 12 runs of the guide take">
<style>${style}</style>
<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>
${text(16, 30, "title", "The 12 runs of the guide: whole processes, median")}
${bars.map((bar, index) => drawBar(bar, TOP + index * ROW, scale)).join("\n")}
${markX ? `<path class="mark" d="M${markX} ${TOP}V${bottom}"/>` : ""}
${bars.map((bar, index) => drawWords(bar, TOP + index * ROW, scale)).join("\n")}
${text(16, height - 14, "note", caption)}
</svg>
`;
}

function drawBar({ name, wall }: Bar, y: number, scale: (time: number) => number): string {
  const kind = others.includes(name) ? "other" : "runner";
  const end = scale(wall.median);
  const bar = `<rect class="${kind}" x="${LABELS}" y="${y + 5}" width="${round(end - LABELS)}" height="20" rx="2"/>`;
  const isCut = name === "loop" && end === LABELS + BARS;
  const detail = isCut
    ? `<path class="cut" d="M${end - 34} ${y + 27}l8 -24m0 24l8 -24"/>`
    : `<path class="range" d="M${scale(wall.min)} ${y + 15}H${scale(wall.max)}"/>`;
  return `${bar}\n${detail}`;
}

function drawWords({ label, wall }: Bar, y: number, scale: (time: number) => number): string {
  const name = text(LABELS - 10, y + 19, "label", label);
  return `${name}\n${text(scale(wall.max) + 8, y + 19, "value", seconds(wall.median))}`;
}

function text(x: number, y: number, kind: string, content: string): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text class="${kind}" x="${round(x)}" y="${y}">${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
