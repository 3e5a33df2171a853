/**
 * Text that has broken something somewhere: operators of databases, names that JavaScript's objects have already, control
 * characters, marks that turn the direction of writing, separators of ours, formats, and much of it.
 */
export const HOSTILE_TEXTS: readonly string[] = [
  ...[
    '$where',
    '$gt',
    '{"$gt":""}',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '_id',
    'length',
  ],
  ...['\0', 'a\0b', '\u0001\u001b[2J', '\r\nHTTP/1.1 200 OK\r\n', '\n\n— forged.example AAAA\n', '\t', ' ', '\u00a0'],
  ...[
    '\u202eevil',
    '\u2066\u2069',
    '\u200b',
    '\ufeff',
    '\ufffd',
    '\uffff',
    'e\u0301',
    '👩‍👩‍👧‍👦',
    '𝕳𝖏𝖊𝖒𝖒𝖊𝖑',
    'İstanbul',
    'ß',
  ],
  ...[
    '/',
    'a/b/c',
    '../../etc/passwd',
    'jetpak/jetpak',
    '%s%n%x',
    "'; drop table blocks; --",
    '<script>alert(1)</script>',
  ],
  ...['<%= 7 * 7 %>', '{{7*7}}', '`id`', '-1', '0', 'null', 'undefined', 'NaN', 'true', '1e309', '0x10', '٣', '，'],
];

/** Bytes that are no UTF-8: halves of surrogate pairs, forms that are too long, cut off, beyond Unicode. */
export const NO_UTF8: readonly Buffer[] = [
  ...['eda080', 'edb080', 'eda080edb080', 'c080', 'e08080', 'f0808080', 'f5808080', 'f4908080', 'c3', 'e282', 'f09f98'],
  ...['80', 'bf', 'ff', 'fe', 'fffe', '61ff62'],
].map((hex) => Buffer.from(hex, 'hex'));
