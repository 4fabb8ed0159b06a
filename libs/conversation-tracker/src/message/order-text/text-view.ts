/** Text after decoding, and where each of its units stands in what was decoded. */
export interface TextView {
  text: string;
  /** The range `[start, end)` of the decoded text as a range of the source. */
  source(start: number, end: number): { start: number; end: number };
}

/** Collects decoded units with their places. */
export class TextViewBuilder {
  private readonly units: string[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** `decoded` stands for `[start, end)` of the source as a whole. */
  add(decoded: string, start: number, end: number): void {
    this.units.push(decoded);
    for (let i = 0; i < decoded.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  /** `text` stands in the source as it is, from `start` on. */
  copy(text: string, start: number): void {
    this.units.push(text);
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start + i);
      this.ends.push(start + i + 1);
    }
  }

  build(): TextView {
    const { starts, ends } = this;
    return {
      text: this.units.join(''),
      source: (start, end) => ({ start: starts[start], end: start === end ? starts[start] : ends[end - 1] }),
    };
  }
}

/** The view of a text that needed no decoding. */
export function sameText(text: string): TextView {
  return { text, source: (start, end) => ({ start, end }) };
}
