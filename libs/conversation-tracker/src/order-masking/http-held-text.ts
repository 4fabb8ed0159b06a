import { decodeBody } from './body-text.js';

/** A text of this size is no order any more, and must fit into memory before it can be masked: such a stream is cut. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;

/** Text that leaves in chunks: an address may lie across two of them, so a chunk waits until its line or all of it is there. */
export class HeldText {
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(
    private readonly byLine: boolean,
    private readonly maskText: (text: string) => string | Promise<string>,
  ) {}

  /**
   * @returns what is complete now, to be masked.
   * @throws RangeError when more would be held than fits into memory.
   */
  add(chunk: Buffer): Buffer | undefined {
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes > MAX_TEXT_BYTES) throw new RangeError('a text above 32 MiB is not masked as a whole');
    if (!this.byLine || !chunk.includes('\n')) return undefined;
    const all = Buffer.concat(this.held);
    const complete = all.lastIndexOf('\n') + 1;
    this.held = [all.subarray(complete)];
    this.heldBytes = all.length - complete;
    return all.subarray(0, complete);
  }

  /** What is left when the text has ended. */
  rest(): Buffer | undefined {
    if (this.heldBytes === 0) return undefined;
    this.heldBytes = 0;
    return Buffer.concat(this.held.splice(0));
  }

  async mask(bytes: Buffer): Promise<Buffer> {
    const { text, encode } = decodeBody(bytes);
    return encode(this.byLine ? await this.maskLines(text) : await this.maskText(text));
  }

  /** Lines of an event stream carry a field name before their JSON (HTML Living Standard §9.2.6). */
  private async maskLines(text: string): Promise<string> {
    const masked: string[] = [];
    for (const line of text.split(/(?<=\n)/)) {
      const [, field, body, ending] = /^((?:[a-z]+:)?\s*)(.*?)(\s*)$/s.exec(line)!;
      masked.push(field, await this.maskText(body), ending);
    }
    return masked.join('');
  }
}
