/** Name of the log that the drill makes. */
export const ORIGIN = 'hjemmel.example/drill';
