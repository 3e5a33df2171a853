/** INVARIANT: acknowledged means durable on a majority. */
export const DURABLE = { w: 'majority', j: true } as const;
