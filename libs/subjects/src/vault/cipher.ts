import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** AES-256-GCM (NIST SP 800-38D) with a 12-byte nonce and a 16-byte tag. */
const ALGORITHM = 'aes-256-gcm';
const SALT = 16;
const NONCE = 12;
const TAG = 16;
const MAX_OPENERS = 1_000;

/**
 * Encrypts many values under one data key, for as long as a process lives: `salt ‖ nonce ‖ ciphertext ‖ tag`.
 *
 * The salt is random and the sealer's own, the key HMAC-SHA-256(data key, salt), and the nonce counts. So no nonce comes
 * twice under one key however many values there are, which random nonces assure for 2^32 values only (SP 800-38D §8.3).
 */
export class Sealer {
  private readonly salt = randomBytes(SALT);
  private readonly key: KeyObject;
  private count = 0;

  constructor(dataKey: Buffer) {
    this.key = derived(dataKey, this.salt);
  }

  /** @param place where the value will stand; it opens there and nowhere else */
  seal(place: string, plain: Uint8Array): Buffer {
    const nonce = Buffer.alloc(NONCE);
    nonce.writeUIntBE(this.count++, NONCE - 6, 6);
    return Buffer.concat([this.salt, encrypt(this.key, nonce, place, plain)]);
  }
}

/** Opens what sealers of one data key sealed. */
export class Opener {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly dataKey: Buffer) {}

  /** @throws Error where the bytes are not what was sealed for this place */
  open(place: string, sealed: Buffer): Buffer {
    const salt = sealed.toString('latin1', 0, SALT);
    let key = this.keys.get(salt);
    if (key === undefined) {
      if (this.keys.size >= MAX_OPENERS) this.keys.clear();
      this.keys.set(salt, (key = derived(this.dataKey, sealed.subarray(0, SALT))));
    }
    return decrypt(key, place, sealed.subarray(SALT));
  }
}

/** Encrypts one key under another: `nonce ‖ ciphertext ‖ tag`, with a random nonce. */
export function wrap(by: Buffer, place: string, key: Buffer): Buffer {
  return encrypt(createSecretKey(by), randomBytes(NONCE), place, key);
}

/** @throws Error where `wrapped` was not made by this key for this place */
export function unwrap(by: Buffer, place: string, wrapped: Buffer): Buffer {
  return decrypt(createSecretKey(by), place, wrapped);
}

function encrypt(key: KeyObject, nonce: Buffer, place: string, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, place: string, bytes: Buffer): Buffer {
  const end = bytes.length - TAG;
  if (end < NONCE) throw new Error('the encrypted value is cut short');
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(end));
  const plain = decipher.update(bytes.subarray(NONCE, end));
  decipher.final();
  return plain;
}

/** As a key object: a cipher of bytes costs nine times as much to make, and there is one for each value. */
function derived(dataKey: Buffer, salt: Buffer): KeyObject {
  return createSecretKey(createHmac('sha256', dataKey).update(salt).digest());
}
