import { describe, expect, test } from '@jest/globals';
import { OfflineAudit } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import type { Tale } from './controller.js';
import { Random } from './random.js';
import { Story } from './story.js';
import { CONTROLLERS } from './traffic.js';

const registers = await loadRegisters(defaultRegistersDir());
const DAY = 86_400_000;
const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);
const BEGAN = Date.UTC(2025, 0, 1);

/** The rules that fire on a telling of the tale, and the duties that are overdue so many days after its last event. */
function judged(
  controller: string,
  tale: Tale,
  seed: number,
  sweepAfterDays = 0,
): { rules: string[]; duties: string[] } {
  const story = new Story(new Random(seed, 0), controller, BEGAN);
  tale(story);
  const audit = new OfflineAudit<number>(registers, loadTransferLaw());
  const rules = new Set<string>();
  story.events.forEach((event, i) => {
    const { finding, amendments } = audit.accept(i, event, event.event.occurredAt);
    expect(amendments).toEqual([]);
    for (const { rule } of finding.reasons) rules.add(rule);
  });
  const last = story.events.at(-1)!.event.occurredAt;
  const duties = audit.duties(last + sweepAfterDays * DAY).map(({ duty }) => duty.duty);
  return { rules: [...rules], duties };
}

describe.each(CONTROLLERS.map((controller) => [controller.id, controller] as const))('%s', (id, { tales, faults }) => {
  test.each(Array.from(new Set(tales), (tale) => [tale.name, tale] as const))('`%s` is as declared', (_, tale) => {
    for (const seed of SEEDS) expect(judged(id, tale, seed)).toEqual({ rules: [], duties: [] });
  });

  test.each(faults.map(({ rule, tell }) => [rule, tell] as const))('%s', (rule, tell) => {
    for (const seed of SEEDS) {
      if (rule.endsWith('-overdue')) {
        const { rules, duties } = judged(id, tell, seed, 400);
        expect({ rules, duties: new Set(duties) }).toEqual({ rules: [], duties: new Set([rule]) });
      } else expect(judged(id, tell, seed).rules).toEqual([rule]);
    }
  });
});
