import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NoteError } from './errors.js';
import { addSignatures, openNote, parseNote, signatureLine, signNote } from './note.js';
import { COSIGNATURE, formatSignerKey, generateSignerKey, parseSigner, parseVerifier } from './note-keys.js';

const SEED = Buffer.from(Array.from({ length: 32 }, (_, i) => i));

/** Made by golang.org/x/mod/sumdb/note from the same seed. */
const GO = {
  signer: 'PRIVATE+KEY+log.example/trail+4c28e4bc+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
  verifier: 'log.example/trail+4c28e4bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4',
  text: 'log.example/trail\n70000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n',
  line: '— log.example/trail TCjkvCpA3T2QERptTtyPIWprZBGzsddr60TDJKpBQtb0wdRx/efUENzvLHhEpk8OOOAC8fXP3GvjraBJ2NWV3BOGfgs=\n',
};

/** The example of C2SP signed-note. */
const C2SP = {
  verifier: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  text: 'This is an example message.\n',
  line: '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};

const signer = parseSigner(GO.signer);
const verifier = parseVerifier(GO.verifier);
const other = parseSigner(formatSignerKey('other.example', Buffer.alloc(32, 7)));
const note = `${GO.text}\n${GO.line}`;
/** With one bit of the signature changed. */
const forged = note.replace('fgs=', 'fgo=');

describe('a note', () => {
  test('of C2SP verifies', () => {
    const key = parseVerifier(C2SP.verifier);
    expect(openNote(`${C2SP.text}\n${C2SP.line}`, [key])).toEqual({ text: C2SP.text, verified: [key] });
  });

  test('is signed as Go signs it', () => {
    expect(signNote(GO.text, [signer])).toBe(note);
    expect(openNote(note, [verifier]).text).toBe(GO.text);
  });

  test('is split at its last empty line', () => {
    const text = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
    const signed = signNote(text, [signer, other]);
    expect(parseNote(signed)).toEqual({
      text,
      signatures: [
        { name: signer.name, keyId: signer.keyId, signature: signer.sign(text), line: expect.any(String) },
        { name: other.name, keyId: other.keyId, signature: other.sign(text), line: expect.any(String) },
      ],
    });
    expect(parseNote(Buffer.from(signed))).toEqual(parseNote(signed));
  });

  test('may be signed by several keys, of which one suffices', () => {
    const signed = signNote(GO.text, [other, signer]);
    const otherVerifier = parseVerifier(other.verifierKey);
    expect(openNote(signed, [verifier]).verified).toEqual([verifier]);
    expect(openNote(signed, [verifier, otherVerifier, verifier]).verified).toEqual([otherVerifier, verifier]);
  });

  test('with signatures of unknown keys is read, even under the name or the id of a known one', () => {
    const sameName = parseSigner(formatSignerKey(signer.name, Buffer.alloc(32, 9)));
    const sameId = signatureLine({ name: 'unknown.example', keyId: signer.keyId }, Buffer.alloc(64));
    const signed = addSignatures(signNote(GO.text, [sameName, signer]), [sameId]);
    expect(openNote(signed, [verifier]).verified).toEqual([verifier]);
  });

  test('signed twice by one key was verified by one', () => {
    expect(openNote(note + GO.line, [verifier]).verified).toEqual([verifier]);
  });

  test('gets further signatures behind its own, each once', () => {
    const line = signatureLine(other, other.sign(GO.text));
    const both = addSignatures(note, [line]);
    expect(both).toBe(note + line);
    expect(addSignatures(both, [line, line])).toBe(both);
    expect(() => addSignatures(note, ['rubbish\n'])).toThrow(NoteError);
    expect(() => addSignatures(note, [`${line}${line}`])).toThrow(NoteError);
    expect(() => addSignatures(GO.text, [line])).toThrow(NoteError);
  });

  test('has at least one signature and at most 100', () => {
    const lines = Array.from({ length: 100 }, (_, i) => signatureLine({ name: 'k', keyId: i }, Buffer.alloc(1)));
    expect(parseNote(`text\n\n${lines.join('')}`).signatures).toHaveLength(100);
    expect(() => parseNote(`text\n\n${lines.join('')}${GO.line}`)).toThrow(NoteError);
    expect(() => parseNote('text\n\n')).toThrow(NoteError);
    expect(() => signNote('text\n', [])).toThrow(NoteError);
  });
});

describe('a note is not believed', () => {
  test('whose signature is wrong, not even beside a right one', () => {
    expect(() => openNote(forged, [verifier])).toThrow(
      new NoteError('The signature of log.example/trail+4c28e4bc does not hold.'),
    );
    const both = addSignatures(forged, [signatureLine(other, other.sign(GO.text))]);
    expect(() => openNote(both, [parseVerifier(other.verifierKey), verifier])).toThrow(NoteError);
  });

  test('whose text was changed, at any bit', () => {
    const bytes = Buffer.from(note);
    for (let bit = 0; bit < 8 * Buffer.byteLength(GO.text); bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openNote(changed, [verifier])).toThrow(NoteError);
    }
  });

  test('that none of the trusted keys signed', () => {
    expect(() => openNote(note, [parseVerifier(other.verifierKey)])).toThrow(
      /signed by log\.example\/trail\+4c28e4bc and by none of the keys to trust \(other\.example\+[0-9a-f]{8}\)/,
    );
    expect(() => openNote(note, [])).toThrow(NoteError);
  });

  test('where two trusted keys cannot be told apart', () => {
    const twin = { ...verifier, verifierKey: 'another' };
    expect(() => openNote(note, [verifier, twin])).toThrow(NoteError);
  });

  test.each([
    ['without an empty line', `${GO.text}${GO.line}`],
    ['without a text', `\n${GO.line}`],
    ['without the last newline', note.slice(0, -1)],
    ['with an empty line at the end', `${note}\n`],
    ['with carriage returns', note.replaceAll('\n', '\r\n')],
    ['with a zero byte', `\0${note}`],
    ['with a lone surrogate', `\udc00${note}`],
    ['with a hyphen for a dash', note.replace('—', '-')],
    ['with no space behind the dash', note.replace('— ', '—')],
    ['with two spaces', note.replace('— ', '—  ')],
    ['with a space at the end of a line', note.replace(/\n$/, ' \n')],
    ['with an empty name', note.replace('— log.example/trail', '— ')],
    ['with a plus in a name', note.replace('— log.example', '— log+example')],
    ['with a no-break space in a name', note.replace('— log.example', '— log\u00a0example')],
    ['without padding', note.replace('fgs=', 'fgs')],
    ['with spare bits', note.replace('fgs=', 'fgt=')],
    ['with base64 for URLs', note.replace('/efU', '_efU')],
    ['with no signature behind the key id', `${note}— other.example TCjkvA==\n`],
    ['of more than a million characters', 'a'.repeat(1_000_000) + note],
  ])('%s', (_what, text) => {
    expect(text).not.toBe(note);
    expect(() => openNote(text, [verifier])).toThrow(NoteError);
  });

  test('that is not UTF-8', () => {
    expect(() => parseNote(Buffer.concat([Buffer.from([0xff]), Buffer.from(note)]))).toThrow(NoteError);
  });

  test('or has a byte order mark before its text, which belongs to it', () => {
    expect(() => openNote(Buffer.from(`\ufeff${note}`), [verifier])).toThrow(NoteError);
  });

  test('whatever else it is, by its error', () => {
    const parts = fc.constantFrom('\n', '— ', 'name', ' ', 'TCjkvCpA', '=', '\r', 'text', GO.line, GO.text, '+');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(parts).map((all) => all.join('')),
        ),
        (text) => {
          try {
            const { text: body, signatures } = parseNote(text);
            expect(`${body}\n${signatures.map(({ line }) => line).join('')}`).toBe(text);
          } catch (error) {
            expect(error).toBeInstanceOf(NoteError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['without a newline', 'text'],
    ['with a carriage return', 'text\r\n'],
    ['with a lone surrogate', '\ud800\n'],
  ])('and no text is signed %s', (_what, text) => {
    expect(() => signNote(text, [signer])).toThrow(NoteError);
  });
});

describe('keys', () => {
  test('are as Go writes them', () => {
    expect(formatSignerKey('log.example/trail', SEED)).toBe(GO.signer);
    expect(signer).toMatchObject({ name: 'log.example/trail', keyId: 0x4c28e4bc, type: 1, verifierKey: GO.verifier });
    expect(verifier).toMatchObject({ name: 'log.example/trail', keyId: 0x4c28e4bc, type: 1, verifierKey: GO.verifier });
  });

  test('are new each time, and fit together', () => {
    const [one, two] = [generateSignerKey('log.example'), generateSignerKey('log.example')];
    expect(one).not.toBe(two);
    const made = parseSigner(one);
    const signed = signNote('text\n', [made]);
    expect(openNote(signed, [parseVerifier(made.verifierKey)]).text).toBe('text\n');
  });

  test('whose id begins with zeros keep them', () => {
    for (let i = 0; i < 256; i++) {
      const key = formatSignerKey('log.example', Buffer.alloc(32, i));
      expect(parseVerifier(parseSigner(key).verifierKey).keyId).toBe(parseSigner(key).keyId);
    }
  });

  test.each(['', 'a b', 'a+b', 'a\u2003b', 'a\nb', '\ud800'])('cannot be named %j', (name) => {
    expect(() => generateSignerKey(name)).toThrow(NoteError);
  });

  test('have seeds of 32 bytes', () => {
    expect(() => formatSignerKey('a', Buffer.alloc(31))).toThrow(NoteError);
  });

  test.each([
    ['empty', ''],
    ['a verifier key', GO.verifier],
    ['with another id', GO.signer.replace('4c28e4bc', '4c28e4bd')],
    ['with another name', GO.signer.replace('log.', 'bog.')],
    ['with another seed', GO.signer.replace('AQAB', 'AQAC')],
    ['with a short seed', `PRIVATE+KEY+a+00000000+${Buffer.of(1, 2, 3).toString('base64')}`],
    ['without a key', 'PRIVATE+KEY+a+00000000+'],
    ['of an unknown type', GO.signer.replace('AQAB', 'AgAB')],
    ['with a newline behind it', `${GO.signer}\n`],
  ])('to sign with are not %s', (_what, key) => {
    expect(() => parseSigner(key)).toThrow(NoteError);
  });

  test('to sign with are not told in faults', () => {
    const [seed] = GO.signer.split('+').slice(-1) as [string];
    for (const broken of [GO.signer.replace('4c28', '4c29'), `${GO.signer} `, GO.signer.replace('AQAB', 'AgAB')]) {
      try {
        parseSigner(broken);
      } catch (error) {
        expect((error as Error).message).not.toContain(seed.slice(8, 24));
        continue;
      }
      throw new Error('not refused');
    }
  });

  test.each([
    ['empty', ''],
    ['a signer key', GO.signer],
    ['with another id', GO.verifier.replace('4c28e4bc', '4c28e4bd')],
    ['with capital letters in the id', GO.verifier.replace('4c28e4bc', '4C28E4BC')],
    ['with a short id', GO.verifier.replace('4c28e4bc', '4c28e4b')],
    ['with another key', GO.verifier.replace('AQOh', 'AQOi')],
    ['of an unknown type', GO.verifier.replace('AQOh', 'AgOh')],
    ['with spaces', ` ${GO.verifier}`],
    ['without base64', 'a+00000000+*'],
  ])('to verify with are not %s', (_what, key) => {
    expect(() => parseVerifier(key)).toThrow(NoteError);
  });

  test('of witnesses sign no notes', () => {
    const witness = parseSigner(formatSignerKey('witness.example', SEED, COSIGNATURE));
    expect(() => signNote('text\n', [witness])).toThrow(NoteError);
  });
});
