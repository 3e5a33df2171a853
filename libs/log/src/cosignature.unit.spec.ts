import { describe, expect, test } from '@jest/globals';
import { cosign, cosignatureTime } from './cosignature.js';
import { NoteError } from './errors.js';
import { addSignatures, openNote, parseNote, parseSignatureLine, signatureLine, signNote } from './note.js';
import { COSIGNATURE, formatSignerKey, parseSigner, parseVerifier } from './note-keys.js';

const SEED = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const TEXT = 'log.example/trail\n70000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';

/** Made by github.com/transparency-dev/formats/note from the same seed. */
const GO = {
  time: 1_795_264_257,
  keyId: 0xe75f6532,
  line: '— witness.example/w1 519lMgAAAABrAY8BTRqle+zU2mXNdTqEGSgKpYIjfnRWEXepnK6jjDKL5Mpx2GeHifuGSQ/6/6PtWgAR2Rg3TCQ8GX87YkOb8x0oBg==\n',
};

const witness = parseSigner(formatSignerKey('witness.example/w1', SEED, COSIGNATURE));
const log = parseSigner(formatSignerKey('log.example/trail', Buffer.alloc(32, 1)));
const key = parseVerifier(witness.verifierKey);
const signature = (line: string) => parseSignatureLine(line).signature;

describe('a cosignature', () => {
  test('is as another program makes it', () => {
    expect(witness).toMatchObject({ keyId: GO.keyId, type: 4 });
    expect(cosign(TEXT, witness, GO.time)).toBe(GO.line);
    expect(key.verify(TEXT, signature(GO.line))).toBe(true);
    expect(cosignatureTime(signature(GO.line))).toBe(GO.time);
  });

  test('of the example of C2SP tlog-cosignature has its time', () => {
    const [, line] = parseNote(
      [
        'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
        '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=',
        '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
      ].join('\n'),
    ).signatures;
    expect(line?.name).toBe('witness.example.com/w1');
    expect(cosignatureTime(line?.signature as Buffer)).toBe(1_679_315_147);
  });

  test('stands beside the log’s own signature', () => {
    const note = addSignatures(signNote(TEXT, [log]), [cosign(TEXT, witness, 5)]);
    const { verified } = openNote(note, [parseVerifier(log.verifierKey), key]);
    expect(verified.map(({ name }) => name)).toEqual(['log.example/trail', 'witness.example/w1']);
  });

  test('does not hold for another text, time or signature, nor cut', () => {
    const good = signature(cosign(TEXT, witness, 5));
    expect(key.verify(TEXT, good)).toBe(true);
    expect(key.verify(TEXT.replace('7', '8'), good)).toBe(false);
    for (let byte = 0; byte < good.length; byte++) {
      const bad = Buffer.from(good);
      bad[byte] = (bad[byte] as number) ^ 1;
      expect(key.verify(TEXT, bad)).toBe(false);
    }
    expect(key.verify(TEXT, good.subarray(0, 71))).toBe(false);
    expect(key.verify(TEXT, Buffer.concat([good, Buffer.alloc(1)]))).toBe(false);
    expect(key.verify(TEXT, good.subarray(8))).toBe(false);
  });

  test('is not the signature of a note by the same key', () => {
    const plain = parseSigner(formatSignerKey('witness.example/w1', SEED));
    expect(plain.keyId).not.toBe(witness.keyId);
    expect(parseVerifier(plain.verifierKey).verify(TEXT, signature(GO.line))).toBe(false);
    expect(key.verify(TEXT, plain.sign(TEXT))).toBe(false);
    expect(() => cosign(TEXT, plain, 5)).toThrow(NoteError);
  });

  test('has a time in whole seconds', () => {
    for (const time of [-1, 0.5, NaN, 2 ** 53]) expect(() => cosign(TEXT, witness, time)).toThrow(NoteError);
    expect(cosignatureTime(signature(cosign(TEXT, witness, 0)))).toBe(0);
  });

  test('with a time from 2^63 on is none', () => {
    const time = 2n ** 63n;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(time);
    const bad = Buffer.concat([bytes, witness.sign(`cosignature/v1\ntime ${time}\n${TEXT}`)]);
    expect(key.verify(TEXT, bad)).toBe(false);
    expect(() => cosignatureTime(bad)).toThrow(NoteError);
    expect(() => cosignatureTime(Buffer.alloc(8))).toThrow(NoteError);
    expect(signatureLine(witness, bad)).toMatch(/^— witness\.example\/w1 /);
  });
});
