/** What lies in MongoDB contradicts itself: the message says where, in one sentence. `hjemmel verify` tells all of it. */
export class DamagedTrail extends Error {
  override readonly name = 'DamagedTrail';
}
