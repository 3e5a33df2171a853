import type { CategoryCondition, Circumstance, DeclaredBasis, Period, Relationship } from '#libs/register';

const CIRCUMSTANCES: Readonly<Record<Circumstance, string>> = {
  'electronic-or-personalised': 'On an electronic channel, or with personalised content.',
  'neither-electronic-nor-personalised': 'On no electronic channel, and without personalised content.',
  'dispute-open': 'While the person has an open dispute.',
  'given-to-authority': 'Where data is given to an authority.',
};

/** The circumstances in which a basis is declared, a sentence each; all of them must hold. */
export function basisConditions({ applies, relationship }: DeclaredBasis): string[] {
  const sentences = applies.map((circumstance) => CIRCUMSTANCES[circumstance]);
  return relationship === null ? sentences : [...sentences, relationshipSentence(relationship)];
}

function relationshipSentence({ window, electronicOnly }: Relationship): string {
  const whom =
    window === null
      ? 'people who ever placed an order'
      : `customers, until ${inWords(window)} after their last contract ended`;
  return electronicOnly ? `On electronic channels, for ${whom}.` : `For ${whom}.`;
}

/** The condition on which a category is declared, a sentence; null: on none. */
export function categoryCondition(condition: CategoryCondition | null): string | null {
  switch (condition?.kind) {
    case undefined:
      return null;
    case 'basis':
      return `Only on the basis ${spaced(condition.basis)}.`;
    case 'customer-type':
      return `Only of ${condition.customerType} customers.`;
    case 'action':
      return `Only in events of the action ${spaced(condition.action)}.`;
    case 'judgement':
      return 'Where a person judges it to be needed: the event states why.';
  }
}

const MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

/** `1 year and 3 months`. */
export function inWords({ months, ms }: Period): string {
  const parts: [number, string][] = [
    [Math.floor(months / 12), 'year'],
    [months % 12, 'month'],
    [Math.floor(ms / MS.days), 'day'],
    [Math.floor((ms % MS.days) / MS.hours), 'hour'],
    [Math.floor((ms % MS.hours) / MS.minutes), 'minute'],
    [(ms % MS.minutes) / MS.seconds, 'second'],
  ];
  const told = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return told.length === 0 ? 'no time' : new Intl.ListFormat('en').format(told);
}

/** An enum's symbol as words. */
function spaced(symbol: string): string {
  return symbol.replaceAll('_', ' ');
}
