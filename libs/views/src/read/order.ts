import type { Sort } from './rows.js';

/** What a list is sorted by. */
export interface Order {
  readonly field: 'occurredAt' | 'recordedAt';
  readonly descending: boolean;
}

export function orderOf(sort: Sort): Order {
  return { field: sort.endsWith('occurredAt') ? 'occurredAt' : 'recordedAt', descending: sort.startsWith('-') };
}
