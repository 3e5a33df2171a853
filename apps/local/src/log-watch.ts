import { openNote, parseCheckpoint, parseVerifier, type Checkpoint } from '#libs/log';
import type { BlockHead, LogReader } from '#libs/trail';

/** The log as the api serves it to anybody. */
export class LogWatch {
  /** The newest checkpoint seen; null: none yet. */
  newest: Checkpoint | null = null;

  /**
   * @param url of the log, such as http://127.0.0.1:8080/log
   * @param verifierKeys whose signatures are trusted
   */
  constructor(
    readonly url: string,
    private readonly verifierKeys: readonly string[],
    private readonly reader: Pick<LogReader, 'logIndexOf'>,
  ) {}

  /** Looks for a newer checkpoint. Where the log does not answer, or not with a signed one, the last one stays. */
  async poll(): Promise<void> {
    try {
      const response = await fetch(`${this.url}/checkpoint`, { signal: AbortSignal.timeout(2_000) });
      if (!response.ok) return;
      const { text } = openNote(await response.text(), this.verifierKeys.map(parseVerifier));
      this.newest = parseCheckpoint(text);
    } catch {
      return; // what is wrong the services' own state says
    }
  }

  /** Whether the newest checkpoint covers these blocks. */
  async covers(blocks: readonly Pick<BlockHead, 'task' | 'n' | 'count'>[]): Promise<boolean> {
    const size = this.newest?.size ?? 0;
    for (const { task, n, count } of blocks) {
      const last = await this.reader.logIndexOf(task, n, count - 1);
      if (last === null || last >= size) return false;
    }
    return true;
  }
}
