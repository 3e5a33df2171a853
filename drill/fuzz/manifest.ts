import { hash } from 'node:crypto';
import { subjectKey } from '#libs/subjects';
import type { StreamEvent } from '#libs/events';

const DIGEST = 8;
const GROWTH = 65_536;

/** Of one topic-partition, by offset. */
class Partition {
  length = 0;
  readable = new Uint8Array(GROWTH);
  digests = Buffer.alloc(GROWTH * DIGEST);

  add(readable: boolean, digest: Buffer): void {
    if (this.length === this.readable.length) {
      const [before, digests] = [this.readable, this.digests];
      this.readable = new Uint8Array(before.length * 2);
      this.readable.set(before);
      this.digests = Buffer.concat([digests, Buffer.alloc(digests.length)]);
    }
    this.readable[this.length] = Number(readable);
    digest.copy(this.digests, this.length * DIGEST);
    this.length++;
  }
}

/** What was published: at each offset whether it can be read, and what its key and value were; some bytes a record. */
export class Manifest {
  records = 0;
  unreadable = 0;
  private readonly partitions = new Map<string, Partition>();
  private readonly people = new Map<string, { readonly controller: string; readonly subject: string }>();

  /** Notes the next record of a topic-partition. */
  add(topic: string, partition: number, readable: boolean, key: Buffer | null, value: Buffer | null): void {
    const place = `${topic} ${partition}`;
    const own = this.partitions.get(place) ?? new Partition();
    this.partitions.set(place, own);
    own.add(readable, digestOf(key, value));
    this.records++;
    if (!readable) this.unreadable++;
  }

  /** Notes whom a readable record is about. */
  addPerson({ event: { controller, subject } }: StreamEvent): void {
    this.people.set(subjectKey(controller, subject), { controller, subject });
  }

  /** Up to so many people, evenly from all that records were about. */
  somePeople(count: number): { readonly controller: string; readonly subject: string }[] {
    const all = [...this.people.values()];
    const step = Math.max(1, Math.floor(all.length / count));
    return all.filter((_, i) => i % step === 0).slice(0, count);
  }

  /** Topic-partitions with their lengths. */
  *lengths(): Generator<readonly [topic: string, partition: number, length: number]> {
    for (const [place, { length }] of this.partitions) {
      const [topic, partition] = place.split(' ') as [string, string];
      yield [topic, Number(partition), length];
    }
  }

  /** Whether a record can be read; null where none was published there. */
  isReadable(topic: string, partition: number, offset: number): boolean | null {
    const own = this.partitions.get(`${topic} ${partition}`);
    return own === undefined || offset >= own.length ? null : own.readable[offset] === 1;
  }

  /** Whether a record had this key and value. */
  had(topic: string, partition: number, offset: number, key: Buffer | null, value: Buffer | null): boolean {
    const own = this.partitions.get(`${topic} ${partition}`);
    if (own === undefined || offset >= own.length) return false;
    return own.digests.subarray(offset * DIGEST, (offset + 1) * DIGEST).equals(digestOf(key, value));
  }
}

function digestOf(key: Buffer | null, value: Buffer | null): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(key?.length ?? -1, 0);
  lengths.writeInt32BE(value?.length ?? -1, 4);
  const bytes = Buffer.concat([lengths, key ?? lengths.subarray(0, 0), value ?? lengths.subarray(0, 0)]);
  return hash('sha256', bytes, 'buffer').subarray(0, DIGEST);
}
