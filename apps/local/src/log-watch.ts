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
    private readonly reader: Pick<LogReader, 'firstBlocks'>,
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

  /** Tells of blocks with entries whether the newest checkpoint covers them. */
  async coverage(): Promise<(block: Pick<BlockHead, 'task' | 'n'>) => boolean> {
    const first = await this.reader.firstBlocks(this.newest?.size ?? 0);
    return ({ task, n }) => n < (first.get(task) ?? 0);
  }
}
