/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment, one sentence each; no values that may be secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/**
 * Reads settings from environment variables and gathers what is wrong with them, so that all of it is told at once:
 * take what is needed, and then `finish` with it. An empty value counts as none.
 */
export class SettingsReader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  /** Notes a fault: a whole sentence that names the variable and shows no secret. */
  fault(sentence: string): void {
    this.faults.push(sentence);
  }

  text(name: string): string | null {
    return this.env[name]?.trim() || null;
  }

  /** @param meaning what to give, in the imperative */
  required(name: string, meaning: string): string {
    const value = this.text(name);
    if (value === null) this.fault(`${name} is not set: ${meaning}.`);
    return value ?? '';
  }

  /** A list separated by commas; empty items are passed over. */
  list(name: string): string[] {
    return split(this.text(name) ?? '');
  }

  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase() ?? 'false';
    if (value !== 'true' && value !== 'false') this.fault(`${name} must be true or false.`);
    return value === 'true';
  }

  /** A whole number from `least` to `most`; null where it is not set. */
  number(name: string, least: number, most: number): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) {
      this.fault(`${name} must be a whole number from ${least} to ${most}.`);
    }
    return Number(value);
  }

  /** URLs over http or https, separated by commas. */
  httpUrls(name: string): string[] {
    const urls = this.list(name);
    if (urls.some((url) => !isHttp(url))) this.fault(`${name} is no http:// or https:// URL.`);
    return urls;
  }

  brokers(): string[] {
    const brokers = split(this.required('KAFKA_BROKERS', 'give the brokers as host:port, separated by commas'));
    for (const broker of brokers) {
      if (!/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(broker)) {
        this.fault(`KAFKA_BROKERS: \`${broker}\` is not of the form host:port.`);
      }
    }
    return brokers;
  }

  mongodbUri(): string {
    const uri = this.required('MONGODB_URI', 'give a connection string such as mongodb://host/database');
    if (uri !== '' && !/^mongodb(\+srv)?:\/\/./.test(uri)) {
      this.fault('MONGODB_URI does not begin with mongodb:// or mongodb+srv://.');
    }
    return uri;
  }

  /** PORT; 0: chosen by the system; null: not set. */
  port(): number | null {
    return this.number('PORT', 0, 65_535);
  }

  /**
   * The settings, where nothing was wrong.
   *
   * @throws SettingsError with every fault noted
   */
  finish<T>(settings: T): T {
    if (this.faults.length > 0) throw new SettingsError(this.faults);
    return settings;
  }
}

function split(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
