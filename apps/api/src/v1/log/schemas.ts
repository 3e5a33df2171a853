import Type from 'typebox';
import { Base64, Count, named, nullable, Time } from '../../http/schema.js';
import { describe } from '../schemas.js';

export const LogState = named('LogState', {
  origin: nullable(Type.String(), 'null: the log has not begun.'),
  size: Count,
  firstIndex: describe(Count, 'The first entry that was not pruned.'),
  checkpoint: nullable(
    Type.Object({ size: Count, root: Base64, signedAt: Time, note: Type.String() }, { additionalProperties: false }),
    'The newest.',
  ),
  cosignedSize: nullable(Count, 'Of the newest checkpoint that witnesses signed.'),
  keys: Type.Array(Type.String(), { description: 'Verifier keys, those in use first.' }),
  through: describe(Count, 'How much of it findings, problems and statistics are made of.'),
  verified: nullable(
    Type.Object({ at: Time, size: Count, ok: Type.Boolean(), by: Type.String() }, { additionalProperties: false }),
    'When all of it was last read anew and proved.',
  ),
});
