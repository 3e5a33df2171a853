import type { TaskStream } from '#libs/stream';

/** Whether Kafka answers. */
export class KafkaWatch {
  up = false;

  constructor(stream: TaskStream) {
    stream.status.subscribe((status) => (this.up = status === 'up'));
  }
}
