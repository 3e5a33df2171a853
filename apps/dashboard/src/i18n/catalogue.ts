/** Another language has every message of the English one, and no other. */
export type Translated<Messages> = {
  readonly [Key in keyof Messages]: Messages[Key] extends string ? string : Translated<Messages[Key]>;
};

/** Messages by their path, as in `problems.empty.title`. */
export function flat(messages: object, prefix = ''): Map<string, string> {
  const entries = Object.entries(messages as Record<string, unknown>).flatMap(([key, value]): [string, string][] => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return typeof value === 'object' && value !== null ? [...flat(value, path)] : [[path, String(value)]];
  });
  return new Map(entries);
}
