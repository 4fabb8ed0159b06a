/** Speaks to the OMS as another system does, and keeps every text that it answered. */
export class OmsClient {
  readonly answers: string[] = [];

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>('GET', path);
  }

  /** @throws Error for any status but 2xx. */
  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'X-Api-Key': this.key, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    this.answers.push(text);
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return JSON.parse(text) as T;
  }
}
