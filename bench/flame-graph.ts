import { readFileSync } from 'node:fs';

/** A profile of processor time as V8 writes it (Chrome DevTools protocol, Profiler.Profile); times in µs. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Calls of one function by one chain of callers. */
interface Frame {
  readonly name: string;
  /** Spent in it and in what it calls, µs. */
  time: number;
  readonly callees: Map<string, Frame>;
}

/** Where a frame is drawn; px. */
interface Box {
  readonly frame: Frame;
  readonly x: number;
  readonly depth: number;
  readonly width: number;
}

const WIDTH = 1_200;
const ROW = 16;
/** What is narrower is left out, px. */
const NARROWEST = 1.5;
const CHARACTER = 6.2;

/** Draws a profile as a flame graph: callers below, wide is long. Titles tell each frame's share. */
export function flameGraph(profileFile: string, title: string): string {
  const root = read(JSON.parse(readFileSync(profileFile, 'utf8')) as CpuProfile);
  const boxes: Box[] = [];
  const place = (frame: Frame, x: number, depth: number): void => {
    const width = (frame.time / root.time) * WIDTH;
    if (width < NARROWEST) return;
    boxes.push({ frame, x, depth, width });
    let at = x;
    for (const callee of [...frame.callees.values()].sort((a, b) => b.time - a.time)) {
      place(callee, at, depth + 1);
      at += (callee.time / root.time) * WIDTH;
    }
  };
  place(root, 0, 0);
  const height = (Math.max(...boxes.map(({ depth }) => depth)) + 3) * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">`,
    `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="4" y="14">${escaped(title)}: ${(root.time / 1e6).toFixed(1)} s of processor time</text>`,
    ...boxes.map((box) => drawn(box, height - (box.depth + 1) * ROW, root.time)),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ frame: { name, time }, x, width }: Box, y: number, all: number): string {
  const share = `${((100 * time) / all).toFixed(1)} %`;
  const room = Math.floor((width - 4) / CHARACTER);
  const short = room < 3 ? '' : escaped(name.length <= room ? name : `${name.slice(0, room - 1)}…`);
  // Colours say nothing but tell neighbours apart.
  const hue = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 60, 7);
  const [left, wide] = [x, width - 0.5].map((value) => value.toFixed(1));
  const label = short === '' ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + ROW - 5}">${short}</text>`;
  return (
    `<g><title>${escaped(name)}: ${share}</title>` +
    `<rect x="${left}" y="${y}" width="${wide}" height="${ROW - 1}" fill="hsl(${hue},75%,70%)"/>${label}</g>`
  );
}

/** The profile's tree, calls of one function by the same callers as one. */
function read({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const own = new Map<number, number>();
  for (const [i, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[i] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Frame = { name: 'all', time: 0, callees: new Map() };
  const add = (id: number, into: Frame): number => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') return 0;
    const name = nameOf(node.callFrame);
    let frame = into.callees.get(name);
    if (frame === undefined) into.callees.set(name, (frame = { name, time: 0, callees: new Map() }));
    let time = own.get(id) ?? 0;
    for (const child of node.children ?? []) time += add(child, frame);
    frame.time += time;
    return time;
  };
  for (const child of nodes[0]?.children ?? []) root.time += add(child, root);
  return root;
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.slice(url.lastIndexOf('/') + 1);
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
