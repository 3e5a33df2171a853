/** What a long step tells while it runs. `step` is in the user's words, such as "Starting Kafka 4.1.1". */
export interface ProgressEvent {
  readonly step: string;
  readonly state: 'started' | 'done' | 'failed';
  /** Since the step began. */
  readonly milliseconds: number;
}

export type OnProgress = (event: ProgressEvent) => void;

/** Runs `work` as one step that is told of. */
export async function step<T>(onProgress: OnProgress, name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const tell = (state: ProgressEvent['state']): void =>
    onProgress({ step: name, state, milliseconds: performance.now() - started });
  tell('started');
  try {
    const result = await work();
    tell('done');
    return result;
  } catch (error) {
    tell('failed');
    throw error;
  }
}
