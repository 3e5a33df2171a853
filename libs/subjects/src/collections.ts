import type { Db } from 'mongodb';
import type { VaultCollections } from './documents.js';
import type { KeyRing } from './vault/key-ring.js';

/** The vault's collections in a database. */
export function vaultCollections(db: Db): VaultCollections {
  return {
    keys: db.collection('vaultKeys'),
    journal: db.collection('factsJournal'),
    subjects: db.collection('subjects'),
    positions: db.collection('positions'),
    evidence: db.collection('evidence'),
    watermarks: db.collection('factsWatermarks'),
    touched: db.collection('problemPeople'),
    openDuties: db.collection('openDuties'),
  };
}

/** Where subjects are kept, and what opens it. */
export interface SubjectVault {
  readonly collections: VaultCollections;
  readonly ring: KeyRing;
}
