/** Acknowledged means durable on a majority (invariant 6). */
export const DURABLE = { w: 'majority', j: true } as const;
