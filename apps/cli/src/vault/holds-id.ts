/**
 * True where the bytes hold an id as a word of its own, or as an Avro string (its length, zig-zag coded, before it).
 * What cannot be read has no fields to look into; and one letter erased too many is better than one too few.
 */
export function holdsId(bytes: Buffer, id: string): boolean {
  const wanted = Buffer.from(id);
  if (wanted.length === 0) return false;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    const before = bytes[at - 1];
    const isAvro = wanted.length < 64 && before === 2 * wanted.length;
    if (isAvro || (!isPartOfWord(before) && !isPartOfWord(bytes[at + wanted.length]))) return true;
  }
  return false;
}

/** Letters, digits, `-`, `_` and whatever is not ASCII. */
function isPartOfWord(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= 0x80 || /[A-Za-z0-9_-]/.test(String.fromCharCode(byte)));
}
