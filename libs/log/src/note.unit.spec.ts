import { describe, expect, test } from '@jest/globals';
import { openNote } from './note.js';
import { parseVerifier } from './note-keys.js';

describe('the example of C2SP signed-note', () => {
  const key = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const note =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  test('verifies', () => {
    const verifier = parseVerifier(key);
    expect(openNote(note, [verifier])).toEqual({ text: 'This is an example message.\n', verified: [verifier] });
  });
});
