import { checkCheckpoint, keyName, NoteError, parseVerifier } from '#libs/log';
import type { Claim, OnFault, Verifier } from '#libs/log';

/** Whom the verifier believes. */
export interface Trust {
  /** The log's keys, of today and of earlier days. Empty: those that the log names itself. */
  readonly keys: readonly Verifier[];
  /** Keys of witnesses; cosignatures of others are not looked into. */
  readonly witnesses: readonly Verifier[];
}

/** Which log it is and who may sign for it: holds origin and signatures of every checkpoint. */
export class LogIdentity {
  readonly keys: readonly Verifier[];
  /** What the log calls itself; null while no checkpoint was seen and no key says. */
  origin: string | null;
  /** What witnesses say of the checkpoint that was read last, where their lines stand under it. */
  cosignatures = { right: 0, unknown: 0 };
  private readonly signers = new Map<string, Verifier>();
  /** How often the same was wrong with a checkpoint. */
  private readonly told = new Map<string, number>();

  /** @param named the verifier keys that the log names; null: it names none by its protocol */
  constructor(
    private readonly trust: Trust,
    private readonly named: readonly string[] | null,
    private readonly onFault: OnFault,
  ) {
    this.keys = trust.keys.length > 0 ? trust.keys : this.readNamed(named ?? []);
    const origins = new Set(this.keys.map(({ name }) => name));
    this.origin = origins.size === 1 ? ([...origins][0] as string) : null;
    if (this.keys.length === 0) this.fault('key', 'keys of the log', 'there are none: no checkpoint can be trusted');
    if (trust.keys.length > 0) this.checkNamed();
  }

  /**
   * Reads a checkpoint and holds it against keys and origin.
   *
   * @param where how it is called in messages
   * @returns null where it is wrong or unreadable; that was told
   */
  checkpoint(note: string, where: string, kind: 'checkpoint' | 'held' = 'checkpoint'): Claim | null {
    const { claim, signers, strangers, faults } = checkCheckpoint(note, [...this.keys, ...this.trust.witnesses]);
    for (const fault of faults) this.tell(kind, where, fault);
    const own = signers.filter((signer) => this.keys.includes(signer));
    for (const signer of own) this.signers.set(signer.verifierKey, signer);
    this.cosignatures = { right: signers.length - own.length, unknown: strangers.length };
    if (claim === null) return null;
    this.origin ??= claim.origin;
    if (claim.origin !== this.origin) {
      this.tell(kind, where, `it is of the log \`${claim.origin}\`, not of \`${this.origin}\``);
      return null;
    }
    return faults.length === 0 ? claim : null;
  }

  /** Sums up; every key that signed is one that the log names. */
  end(): void {
    for (const [message, count] of this.told) {
      if (count > 1) this.fault('checkpoint', 'more checkpoints', `${count - 1} of which the same is true: ${message}`);
    }
    if (this.named === null) return;
    for (const { verifierKey, name, keyId } of this.signers.values()) {
      if (this.named.includes(verifierKey)) continue;
      this.fault('key', `key ${keyName(name, keyId)}`, 'checkpoints are signed by it, and the log does not name it');
    }
  }

  private readNamed(named: readonly string[]): Verifier[] {
    return named.flatMap((text) => {
      try {
        return [parseVerifier(text)];
      } catch (error) {
        if (!(error instanceof NoteError)) throw error;
        this.fault('key', 'keys of the log', `the log names what is no verifier key: ${error.message}`);
        return [];
      }
    });
  }

  private checkNamed(): void {
    const trusted = new Set(this.keys.map(({ verifierKey }) => verifierKey));
    for (const text of this.named ?? []) {
      if (trusted.has(text)) continue;
      const message =
        'the log names it, and it is none of the trusted keys (add it if it is the log’s, today or earlier)';
      this.fault('key', `key ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`, message);
    }
  }

  /** The same said of thousands of checkpoints would hide what else is wrong. */
  private tell(kind: 'checkpoint' | 'held', where: string, message: string): void {
    const count = kind === 'held' ? 0 : (this.told.get(message) ?? 0);
    if (count === 0) this.fault(kind, where, message);
    if (kind === 'checkpoint') this.told.set(message, count + 1);
  }

  private fault(kind: 'key' | 'checkpoint' | 'held', where: string, message: string): void {
    this.onFault({ kind, where, message });
  }
}
