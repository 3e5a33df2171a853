import { STREAMS, parseEvent, parseIsoTime, type Parsed, type Stream } from '#libs/events';
import { UsageError } from '../usage-error.js';

/** One line of an event file: the stream it names, and the event or what is wrong with it. */
export interface InputLine {
  /** Counted from 1, empty lines included. */
  readonly line: number;
  readonly event: Parsed;
  /** As written, for findings on events that are none. */
  readonly eventId: string | null;
  /** The record's Kafka timestamp, ms; null where the line carries none. */
  readonly timestamp: number | null;
}

const MOST_FAULTS = 20;

/**
 * Reads a JSON Lines file of `{"stream", "event", "timestamp"?}`. Empty lines are passed over.
 *
 * @throws UsageError naming each line that is no JSON or names no stream
 */
export function readLines(text: string, name: string): InputLine[] {
  const faults: string[] = [];
  const lines: InputLine[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue;
    const read = readLine(i + 1, raw);
    if (typeof read === 'string') faults.push(`${name}:${i + 1}: ${read}`);
    else lines.push(read);
  }
  if (faults.length > MOST_FAULTS) {
    faults.splice(MOST_FAULTS, Infinity, `… and ${faults.length - MOST_FAULTS} more lines like these`);
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return lines;
}

function readLine(line: number, raw: string): InputLine | string {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    return 'this line is no JSON; each line is one object {"stream": …, "event": {…}}';
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return 'this line is no JSON object; each line is one object {"stream": …, "event": {…}}';
  }
  const { stream, event, timestamp } = json as Record<string, unknown>;
  if (!isStream(stream)) {
    const given = stream === undefined ? 'names no stream' : `names the stream ${JSON.stringify(stream).slice(0, 60)}`;
    return `this line ${given}; \`stream\` is one of ${STREAMS.join(', ')}`;
  }
  const recordedAt = timestamp === undefined || timestamp === null ? null : toMillis(timestamp);
  if (recordedAt === undefined) {
    return '`timestamp` is no time; write the record\'s Kafka timestamp as "2024-05-01T12:00:00Z" or in milliseconds';
  }
  return { line, event: parseEvent(stream, event), eventId: eventIdOf(event), timestamp: recordedAt };
}

function isStream(value: unknown): value is Stream {
  return (STREAMS as readonly unknown[]).includes(value);
}

function eventIdOf(event: unknown): string | null {
  const id: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'eventId') : null;
  return typeof id === 'string' ? id : null;
}

/** undefined where it is no time. */
function toMillis(timestamp: unknown): number | undefined {
  if (typeof timestamp === 'number') return Number.isSafeInteger(timestamp) ? timestamp : undefined;
  return typeof timestamp === 'string' ? (parseIsoTime(timestamp) ?? undefined) : undefined;
}
