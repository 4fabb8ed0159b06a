/** sysexits.h, which mail servers read. What is none of the sender's fault is to be tried again, or a typing error would bounce mail. */
export const exits = { ok: 0, dataError: 65, noUser: 67, unavailable: 69, tempFail: 75 } as const;

/** How a hand-over ended. */
export interface DeliverOutcome {
  status: (typeof exits)[keyof typeof exits];
  /** For the mail server's log and its report to the sender: begins with an RFC 3463 code where there is one. */
  text: string;
}

interface Answer {
  rejected?: { temporary?: boolean; status?: string; detail?: string }[];
  detail?: string;
  errors?: { field?: string; message?: string }[];
}

/** What the answer of the webhook means for the mail server that waits for it. */
export function outcomeOf(httpStatus: number, body: unknown): DeliverOutcome {
  const { rejected = [], detail = '', errors = [] } = (typeof body === 'object' && body !== null ? body : {}) as Answer;
  if (httpStatus === 202) {
    // Those who have it already do not get it twice when it is handed over again.
    const first = rejected.find(({ temporary }) => temporary) ?? rejected[0];
    if (!first) return { status: exits.ok, text: '' };
    const text = `${first.status ?? ''} ${first.detail ?? ''}`.trim();
    return { status: first.temporary ? exits.tempFail : permanent([text]), text };
  }
  const texts = errors.flatMap(({ message = '', field }) => (isReply(message) ? message : `${field ?? ''} ${message}`));
  if (httpStatus === 422) return { status: permanent(texts.length > 0 ? texts : [detail]), text: texts[0] ?? detail };
  return { status: exits.tempFail, text: `HTTP ${httpStatus}: ${detail}` };
}

function permanent(texts: readonly string[]): DeliverOutcome['status'] {
  if (texts.every((text) => text.startsWith('5.1.1 '))) return exits.noUser;
  // Of the message or its envelope, as against who it is for.
  return texts.every((text) => /^5\.[36]\./.test(text) || !isReply(text)) ? exits.dataError : exits.unavailable;
}

const isReply = (text: string) => /^[245]\.\d+\.\d+ /.test(text);
