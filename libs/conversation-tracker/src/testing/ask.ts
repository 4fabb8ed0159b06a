/** An app that answers more than this to one request has an export, of which the beginning is enough. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface Answer {
  status: number;
  headers: readonly (readonly [string, string])[];
  /** What had come when the patience was over: a stream of events has no end. */
  body: string;
}

/** Asks for a URL and follows no redirect. */
export async function ask(url: string, headers: Readonly<Record<string, string>>, patienceMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(url, { headers, redirect: 'manual', signal });
  return { status: response.status, headers: [...response.headers], body: await bodyOf(response) };
}

async function bodyOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > MAX_BYTES) break;
    }
  } catch {
    // The patience was over, or the server cut the line: what came before counts.
  }
  return Buffer.concat(chunks).toString();
}
