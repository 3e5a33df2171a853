import type { Recipient, RecipientUse, SharingEvent, Undertaking } from '#libs/events';
import type { DeclaredRecipient, Purpose } from '#libs/register';
import { fire, rely, type Case } from './case.js';
import { quote, quoteAll } from './quote.js';

/** What a match with a declared recipient leaves open. */
interface Open {
  readonly use: boolean;
  readonly requires: boolean;
  readonly undertakings: readonly Undertaking[];
  readonly count: number;
}

/**
 * recipient-undeclared, recipient-use-undeclared, recipient-condition-unmet and undertaking-missing. Where several
 * declared recipients match, the one with the fewest open conditions is taken. GDPR Art. 13(1)(e), 26 and 28.
 */
export function judgeRecipient(c: Case, purpose: Purpose, sharing: SharingEvent): void {
  let best: DeclaredRecipient | undefined;
  let bestOpen: Open | undefined;
  for (const declared of purpose.recipients) {
    if (!matches(declared, sharing.recipient)) continue;
    const open = openConditions(declared, sharing);
    if (bestOpen === undefined || open.count < bestOpen.count) {
      best = declared;
      bestOpen = open;
    }
    if (open.count === 0) break;
  }
  if (best === undefined || bestOpen === undefined) {
    const { role, sector } = sharing.recipient;
    const what = sector === null ? `a \`${role}\`` : `a \`${role}\` of the sector ${quote(sector)}`;
    const { recipients, purposes } = c.register.statements;
    const clause = recipients ?? purposes;
    fire(c, 'recipient-undeclared', 'violation', clause, `${what} is no declared recipient for ${quote(purpose.id)}`);
    return;
  }
  rely(c, best);
  if (bestOpen.count > 0) report(c, best, bestOpen, sharing);
}

function report(c: Case, declared: DeclaredRecipient, open: Open, sharing: SharingEvent): void {
  const who = `the declared recipient ${quote(declared.id)}`;
  if (open.use) {
    const may = quoteAll(usesOf(declared, sharing.recipient));
    const message = `${who} may use the data ${may}; it was given \`${sharing.recipientUse}\``;
    fire(c, 'recipient-use-undeclared', 'violation', declared.clause, message);
  }
  if (open.requires && declared.requires !== null) {
    const { sector } = sharing.recipient;
    const given = sector === null ? 'no sector is stated' : `this one is of ${quote(sector)}`;
    const message = `${who} must be of the sector ${quoteAll(declared.requires.sectors)}; ${given}`;
    fire(c, 'recipient-condition-unmet', 'violation', declared.requires.clause, message);
  }
  if (open.undertakings.length > 0) {
    const message = `${who} must undertake ${quoteAll(open.undertakings)}; the event does not say that it did`;
    fire(c, 'undertaking-missing', 'violation', declared.clause, message);
  }
}

function matches(declared: DeclaredRecipient, recipient: Recipient): boolean {
  if (declared.names !== null) return declared.names.includes(recipient.name.trim().toLowerCase());
  if (declared.roles !== null && !declared.roles.includes(recipient.role)) return false;
  const { sector } = recipient;
  if (declared.sectors !== null && (sector === null || !declared.sectors.includes(sector))) return false;
  return sector === null || !declared.exceptSectors.includes(sector);
}

function openConditions(declared: DeclaredRecipient, sharing: SharingEvent): Open {
  const { recipient, recipientUse } = sharing;
  const use = !usesOf(declared, recipient).includes(recipientUse);
  const requires =
    declared.requires !== null && (recipient.sector === null || !declared.requires.sectors.includes(recipient.sector));
  let missing: readonly Undertaking[] = NONE;
  if (declared.undertakings.length > 0) {
    missing = declared.undertakings.filter((undertaking) => !sharing.undertakings.includes(undertaking));
  }
  if (!use && !requires && missing.length === 0) return NOTHING_OPEN;
  return { use, requires, undertakings: missing, count: Number(use) + Number(requires) + missing.length };
}

const NONE: readonly Undertaking[] = [];
const NOTHING_OPEN: Open = { use: false, requires: false, undertakings: NONE, count: 0 };

const PROCESSOR_USES: readonly RecipientUse[] = ['on_behalf'];
const OTHER_USES: readonly RecipientUse[] = ['on_behalf', 'own_purposes', 'legal_duty'];

/** What a register does not say: a processor acts on behalf only, any other role may do anything but own marketing. */
function usesOf(declared: DeclaredRecipient, recipient: Recipient): readonly RecipientUse[] {
  return declared.uses ?? (recipient.role === 'processor' ? PROCESSOR_USES : OTHER_USES);
}
