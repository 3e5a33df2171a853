import type { Db } from 'mongodb';
import type { VaultCollections } from './documents.js';

/** The vault's collections in a database. */
export function vaultCollections(db: Db): VaultCollections {
  return {
    keys: db.collection('vaultKeys'),
    journal: db.collection('factsJournal'),
    subjects: db.collection('subjects'),
    positions: db.collection('positions'),
    watermarks: db.collection('factsWatermarks'),
  };
}
