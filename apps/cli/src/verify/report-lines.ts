import type { VerifyReport } from '#libs/trail';

/** The report in words. */
export function reportLines(report: VerifyReport, seconds: number): string[] {
  const name = report.origin ?? 'the log';
  const rows = [
    ['entries', entries(report, seconds)],
    [
      'blocks',
      `${number(report.blocks)} of ${plural(report.tasks.length, 'task')}${report.proved ? ', each there once' : ''}`,
    ],
    ...offsets(report),
    ...amendments(report),
    ...registers(report),
    ['tiles', number(report.tiles)],
    ['checkpoints', checkpoints(report)],
    ...cosignatures(report),
    ...waiting(report),
    ['keys', keys(report)],
  ];
  const body = rows.map(([title = '', text = '']) => `  ${title.padEnd(13)}${text}`);
  if (report.proved) return [`${name} is proved.`, ...body];
  const faults = report.faults.map(({ where, message }) => `  ${where}: ${message}`);
  const more = report.faultCount - report.faults.length;
  return [
    `${name} is NOT proved: ${plural(report.faultCount, 'fault')}.`,
    ...faults,
    ...(more > 0 ? [`  … and ${number(more)} more`] : []),
    'What was read:',
    ...body,
  ];
}

function entries({ size, minimumIndex }: VerifyReport, seconds: number): string {
  const read = size - minimumIndex;
  const speed = `read in ${seconds.toFixed(1)} s (${number(Math.round(read / Math.max(seconds, 0.001)))} a second)`;
  if (minimumIndex === 0) return `${number(size)}, ${speed}`;
  return `${number(size)}, of which those before ${number(minimumIndex)} were pruned; the others ${speed}`;
}

function offsets({ partitions, entriesWithoutAccount, proved }: VerifyReport): string[][] {
  const byTopic = [...Map.groupBy(partitions, ({ topic }) => topic)].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = byTopic.map(([topic, list], i) => {
    const sum = (of: (one: (typeof list)[number]) => number) => list.reduce((all, one) => all + of(one), 0);
    const lost = sum((one) => one.lost);
    const unseen = sum((one) => one.unseen);
    const notes = [
      ...(lost > 0 ? [`${number(lost)} lost by Kafka before they were read`] : []),
      ...(unseen > 0 ? [`${number(unseen)} in blocks without an entry, which the log does not show`] : []),
    ];
    const extra = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    const text = `${number(sum(({ from, to }) => to - from))} of ${topic}${proved ? ', each accounted for once' : ''}${extra}`;
    return [i === 0 ? 'offsets' : '', text];
  });
  const old = `${plural(entriesWithoutAccount, 'entry', 'entries')} written before the log stated offsets itself`;
  return entriesWithoutAccount === 0 ? rows : [...rows, ['', old]];
}

function amendments({ amendments, proved }: VerifyReport): string[][] {
  return amendments === 0
    ? []
    : [['amendments', `${number(amendments)}${proved ? ', each of an earlier finding' : ''}`]];
}

function registers({ registers: { stated, archived } }: VerifyReport): string[][] {
  if (stated === 0 && (archived ?? 0) === 0) return [];
  const kept = archived === null ? '' : `; ${number(archived)} in the archive`;
  return [['registers', `${number(stated)} stated as loaded${kept}`]];
}

function checkpoints({ checkpoints, last, held }: VerifyReport): string {
  const newest = last === null ? '' : `; the newest: size ${number(last.size)}, root ${last.root}`;
  const kept = held === null ? '' : `; it continues the one held, of size ${number(held)}`;
  return `${number(checkpoints)} signed and right${newest}${kept}`;
}

function cosignatures({ cosignatures: { right, unknown } }: VerifyReport): string[][] {
  if (right + unknown === 0) return [];
  const unread = unknown === 0 ? '' : `; ${number(unknown)} by witnesses whose key is not given were not checked`;
  return [['witnesses', `${plural(right, 'cosignature')} right${unread}`]];
}

function waiting({ waiting: { unsigned, blocks, entries } }: VerifyReport): string[][] {
  const parts = [
    ...(unsigned > 0 ? [`${plural(unsigned, 'entry', 'entries')} not yet under a checkpoint`] : []),
    ...(blocks > 0 ? [`${plural(blocks, 'block')} (${plural(entries, 'entry', 'entries')}) not yet in the log`] : []),
  ];
  return parts.length === 0 ? [] : [['waiting', parts.join('; ')]];
}

function keys({ keys, keysFrom }: VerifyReport): string {
  if (keysFrom === 'given') return keys.join(', ');
  return (
    `${keys.join(', ')} — only the log itself says that these are its keys: this shows that it is whole, not whose it ` +
    'is (give --key)'
  );
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
